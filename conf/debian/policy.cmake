# What Debian has otherwise than an installation from the sources: compressed
# pages and changes, and the folder of zsh's completions.
set(usr "${CPACK_TEMPORARY_INSTALL_DIRECTORY}/usr")
file(GLOB pages "${usr}/share/man/man*/*.[1-8]")
foreach(file ${pages} "${usr}/share/doc/postbounce/changelog")
  execute_process(COMMAND gzip -9n "${file}" COMMAND_ERROR_IS_FATAL ANY)
endforeach()
file(RENAME "${usr}/share/zsh/site-functions"
  "${usr}/share/zsh/vendor-completions")
