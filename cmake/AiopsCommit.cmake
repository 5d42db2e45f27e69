# base/commit.hpp: the commit, asked for at every build, since a configuration may be older than the last commit. The
# file changes only when the answer does. Run with -P, this file is the script that asks.
if(NOT CMAKE_SCRIPT_MODE_FILE)
  set(commit_header ${PROJECT_BINARY_DIR}/generated/base/commit.hpp)
  add_custom_target(aiops_commit BYPRODUCTS ${commit_header}
    COMMAND ${CMAKE_COMMAND} -D source=${PROJECT_SOURCE_DIR} -D header=${commit_header} -P ${CMAKE_CURRENT_LIST_FILE}
    COMMENT "" VERBATIM)
  add_dependencies(aiops_bench aiops_commit)
  add_dependencies(aiops_commands aiops_commit)
  return()
endif()

set(commit unknown)
set(dirty false)
# Sources without a repository of their own may lie inside another's: the prefix is empty at the top of a checkout.
execute_process(COMMAND git rev-parse --show-prefix HEAD WORKING_DIRECTORY ${source}
  RESULT_VARIABLE failed OUTPUT_VARIABLE said ERROR_QUIET)
if(failed EQUAL 0 AND said MATCHES "^\n([0-9a-f]+)\n$")
  set(commit ${CMAKE_MATCH_1})
  execute_process(COMMAND git diff-index --quiet HEAD -- WORKING_DIRECTORY ${source} RESULT_VARIABLE changed ERROR_QUIET)
  if(NOT changed EQUAL 0)
    set(dirty true)
  endif()
endif()
configure_file(${CMAKE_CURRENT_LIST_DIR}/commit.hpp.in ${header} @ONLY)
