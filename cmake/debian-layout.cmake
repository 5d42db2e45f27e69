# Run by CPack on the staged files. Debian's zsh does not look into site-functions but into vendor-completions, and its policy
# wants the licence at usr/share/doc/PACKAGE/copyright (Debian Policy 12.5).
file(GLOB_RECURSE staged LIST_DIRECTORIES true ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/*)
foreach(path ${staged})
  cmake_path(GET path PARENT_PATH folder)
  if(path MATCHES "/share/zsh/site-functions$")
    file(RENAME ${path} ${folder}/vendor-completions)
  elseif(path MATCHES "/share/doc/aiops/LICENSE$")
    file(RENAME ${path} ${folder}/copyright)
  endif()
endforeach()
