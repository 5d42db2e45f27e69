# aiops_room(NAME USES neighbour... LINK library...): one static library from every source below NAME/.
function(aiops_room name)
  cmake_parse_arguments(room "" "" "USES;LINK" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${name}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "/cli/main\\.cpp$|/kernels/cuda/")  # the program, and its plug-in
  if(NOT sources)  # a room without sources is a room not built in this checkout
    add_library(aiops_${name} INTERFACE)
    set(scope INTERFACE)
  else()
    add_library(aiops_${name} STATIC ${sources})
    set(scope PUBLIC)
    target_link_libraries(aiops_${name} PRIVATE aiops_warnings)
  endif()
  list(TRANSFORM room_USES PREPEND aiops_)
  target_link_libraries(aiops_${name} ${scope} aiops_options ${room_USES} ${room_LINK})
endfunction()
