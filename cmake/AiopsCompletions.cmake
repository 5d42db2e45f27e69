# The three adaptors travel inside the binary: `aiops completion SHELL` prints them.
foreach(pair "BASH=aiops.bash" "ZSH=_aiops" "FISH=aiops.fish")
  string(REGEX MATCH "^([A-Z]+)=(.*)$" _ ${pair})
  set(adaptor ${PROJECT_SOURCE_DIR}/completions/${CMAKE_MATCH_2})
  file(READ ${adaptor} AIOPS_${CMAKE_MATCH_1}_COMPLETION)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${adaptor})
endforeach()
configure_file(cmake/completion_scripts.hpp.in generated/commands/completion_scripts.hpp @ONLY)
