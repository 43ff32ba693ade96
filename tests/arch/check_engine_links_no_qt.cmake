# SPDX-FileCopyrightText: 2026 The Cachescope authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# cmake -D ARCHIVE=… -D NM=… -D LINKED=a,b -P check_engine_links_no_qt.cmake
# Fails where the static library ARCHIVE wants a symbol of Qt, or where one of the libraries that
# it is LINKED to is Qt's. Says which.
set(remedy "The engine is for any C++ program, also where there is no Qt. Move what needs Qt to ui/.")

string(REPLACE "," ";" libraries "${LINKED}")
foreach(library IN LISTS libraries)
    if(library MATCHES "Qt[0-9]?(::|$)|libQt|^Qt")
        message(FATAL_ERROR "The engine is linked to ${library}. ${remedy}")
    endif()
endforeach()

execute_process(COMMAND ${NM} --undefined-only ${ARCHIVE}
    OUTPUT_VARIABLE symbols ERROR_VARIABLE errors RESULT_VARIABLE status)
if(NOT status EQUAL 0)
    message(FATAL_ERROR "${NM} cannot read ${ARCHIVE}: ${errors}")
endif()
# Mangled names whose first part is a class or function that begins with Q or q and a capital.
string(REGEX MATCH "_Z(TI|TV|TS)?(N[KVR]*)?[0-9]+[Qq][A-Z][A-Za-z0-9_]*" found "${symbols}")
if(found)
    message(FATAL_ERROR "${ARCHIVE} uses a symbol of Qt: ${found}. ${remedy}")
endif()
