# SPDX-FileCopyrightText: 2026 The Cachescope authors
# SPDX-License-Identifier: GPL-3.0-or-later

# Warnings and sanitizers for every target of the project; link this target PRIVATE.
add_library(cachescope_options INTERFACE)
target_include_directories(cachescope_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(cachescope_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
    -Woverloaded-virtual -Wimplicit-fallthrough -Wno-missing-field-initializers
)
# GCC 12 sees overlaps in std::string that are not there (its bug 105329).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    target_compile_options(cachescope_options INTERFACE -Wno-restrict)
endif()
if(CACHESCOPE_WERROR)
    target_compile_options(cachescope_options INTERFACE -Werror)
endif()
if(CACHESCOPE_SANITIZE)
    target_compile_options(cachescope_options INTERFACE
        -fsanitize=${CACHESCOPE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=undefined
        # The instructions that are added hide from GCC that a variable is set.
        $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
    target_link_options(cachescope_options INTERFACE -fsanitize=${CACHESCOPE_SANITIZE})
endif()

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()
