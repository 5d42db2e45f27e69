# Where things go. Man pages are made by the program that is installed, from the verbs that it has.
set(AIOPS_ZSH_COMPLETION_DIR ${CMAKE_INSTALL_DATADIR}/zsh/site-functions CACHE STRING
    "Where zsh finds _aiops; Debian packages set share/zsh/vendor-completions")

set(man_stamp ${PROJECT_BINARY_DIR}/man/stamp)
add_custom_command(OUTPUT ${man_stamp} DEPENDS aiops
  COMMAND ${CMAKE_COMMAND} -E rm -rf ${PROJECT_BINARY_DIR}/man
  COMMAND aiops __docs man ${PROJECT_BINARY_DIR}/man/man1
  COMMAND ${CMAKE_COMMAND} -E touch ${man_stamp}
  COMMENT "Writing the man pages" VERBATIM)
add_custom_target(aiops_man ALL DEPENDS ${man_stamp})

install(TARGETS aiops RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
if(TARGET aiops_cuda)
  install(TARGETS aiops_cuda LIBRARY DESTINATION lib/aiops)  # which the program finds as ../lib/aiops from its own folder
endif()
install(DIRECTORY ${PROJECT_BINARY_DIR}/man/man1 DESTINATION ${CMAKE_INSTALL_MANDIR} FILES_MATCHING PATTERN "*.1")
install(FILES completions/aiops.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME aiops)
install(FILES completions/_aiops DESTINATION ${AIOPS_ZSH_COMPLETION_DIR})
install(FILES completions/aiops.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
install(DIRECTORY docs/reference DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES README.md DESTINATION ${CMAKE_INSTALL_DOCDIR} OPTIONAL)
