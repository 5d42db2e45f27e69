# Run by CPack on the staged files: Debian's zsh does not look into site-functions (zsh-common's README.Debian) but into
# vendor-completions, and its policy wants the licence at usr/share/doc/PACKAGE/copyright (Debian Policy 12.5).
file(GLOB_RECURSE staged LIST_DIRECTORIES true ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/*)
foreach(path ${staged})
  if(IS_DIRECTORY ${path} AND path MATCHES "/share/zsh/site-functions$")
    cmake_path(GET path PARENT_PATH zsh)
    file(RENAME ${path} ${zsh}/vendor-completions)
  endif()
endforeach()
