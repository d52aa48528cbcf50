# What Debian has otherwise than an installation from the sources: compressed
# pages and changes, a list of packages, and the folder of zsh's completions.
set(usr "${CPACK_TEMPORARY_INSTALL_DIRECTORY}/usr")
file(GLOB pages "${usr}/share/man/man*/*.[1-8]")
set(doc "${usr}/share/doc/postbounce")
string(TIMESTAMP now "%a, %d %b %Y %H:%M:%S +0000" UTC)
file(WRITE "${doc}/changelog.Debian" "\
postbounce (${CPACK_PACKAGE_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}) \
unstable; urgency=medium

  * Built from the sources, see changelog.gz.

 -- ${CPACK_PACKAGE_CONTACT}  ${now}
")
foreach(file ${pages} "${doc}/changelog" "${doc}/changelog.Debian")
  execute_process(COMMAND gzip -9n "${file}" COMMAND_ERROR_IS_FATAL ANY)
endforeach()
file(RENAME "${usr}/share/zsh/site-functions"
  "${usr}/share/zsh/vendor-completions")
# It is started for each bounce: see daemon/pipe.
file(WRITE "${usr}/share/lintian/overrides/postbounce"
  "postbounce: statically-linked-binary [usr/lib/postbounce/postbounce-pipe]\n")
