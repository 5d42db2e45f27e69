# The Debian package: cpack -G DEB, from any build tree. dpkg-shlibdeps computes what the program is linked to; what it
# opens at run time is named here, because no tool can see it.
set(CPACK_PACKAGE_VENDOR "aiops")
set(CPACK_PACKAGE_CONTACT "The aiops authors <aiops@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "train, package, sign, move and measure models from a terminal")
set(CPACK_PACKAGE_DESCRIPTION "One program for people who train, package, sign, move and measure language models: standard OCI
artifacts and signatures, a local store, registries, reproducible training on CPUs and GPUs, honest benchmarks.")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_GENERATOR DEB)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "libopenblas0, libdnnl2")  # bench … --engine openblas, onednn
set(CPACK_DEBIAN_PACKAGE_DEPENDS "libcurl4, libarchive13, libzstd1, ca-certificates")
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/cmake/debian-layout.cmake)
include(CPack)
