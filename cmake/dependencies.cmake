# SPDX-License-Identifier: Apache-2.0
# The libraries that syndic stands on, as one target: PkgConfig::SYNDIC_LIBRARIES.
find_package(PkgConfig REQUIRED)
set(syndic_modules libxxhash libzstd zlib libdeflate libutf8proc)
if(SYNDIC_ISAL)
  pkg_check_modules(ISAL QUIET libisal)
  if(ISAL_FOUND)
    list(APPEND syndic_modules libisal)
    target_compile_definitions(syndic_compile INTERFACE SYNDIC_HAVE_ISAL=1)
  endif()
endif()
pkg_check_modules(SYNDIC_LIBRARIES REQUIRED IMPORTED_TARGET ${syndic_modules})
find_package(OpenMP REQUIRED COMPONENTS C)
