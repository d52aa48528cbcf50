# How CPack makes the Debian package, see ./dev package.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME postbounce)
set(CPACK_PACKAGE_CONTACT
  "The Postbounce authors <postbounce@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY
  "bounce processor and suppression list for Postfix")
set(CPACK_PACKAGE_DESCRIPTION
  "Postbounce reads the bounces that come back to a Postfix site and what its
log says of deliveries, finds out which addresses are dead and whose fault a
failure was, and keeps the list of those that should get no mail any more.
Postfix can ask that list before it takes a mail; programs can export it.")
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_BINARY_DIR}/package)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_LIST_DIR}/policy.cmake)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION mail)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# The users of Postfix must be there when ours become members of its groups.
# kill(1) of procps reloads.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "init-system-helpers (>= 1.54~), postfix, procps, \
systemd | systemd-standalone-sysusers, systemd | systemd-standalone-tmpfiles")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  ${CMAKE_CURRENT_LIST_DIR}/conffiles ${CMAKE_CURRENT_LIST_DIR}/postinst
  ${CMAKE_CURRENT_LIST_DIR}/postrm ${CMAKE_CURRENT_LIST_DIR}/prerm)
include(CPack)
