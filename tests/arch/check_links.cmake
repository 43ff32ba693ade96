# SPDX-FileCopyrightText: 2026 The Cachescope authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# cmake -D LAYER=engine|model -D LINKED=a,b [-D ARCHIVE=… -D NM=…] -P check_links.cmake
# Fails where a library that the layer is LINKED to is not for it, and, for the engine, where its
# static library ARCHIVE wants a symbol of Qt. Says which, why and what to do.
if(LAYER STREQUAL "engine")
    set(forbidden "Qt[0-9]?(::|$)|libQt|^Qt")
    set(remedy "The engine is for any C++ program, also where there is no Qt. Move what needs Qt to ui/.")
else()
    set(forbidden "Widgets|Charts|cachescope_ui")
    set(remedy "The model is tested without a screen. Move what draws to the other folders of ui/.")
endif()

string(REPLACE "," ";" libraries "${LINKED}")
if(NOT libraries)
    message(FATAL_ERROR "The libraries of the ${LAYER} are not known, so nothing was checked.")
endif()
foreach(library IN LISTS libraries)
    if(library MATCHES "${forbidden}")
        message(FATAL_ERROR "The ${LAYER} is linked to ${library}. ${remedy}")
    endif()
endforeach()

if(ARCHIVE)
    execute_process(COMMAND ${NM} --undefined-only ${ARCHIVE}
        OUTPUT_VARIABLE symbols ERROR_VARIABLE errors RESULT_VARIABLE status)
    if(NOT status EQUAL 0)
        message(FATAL_ERROR "${NM} cannot read ${ARCHIVE}: ${errors}")
    endif()
    # Mangled names whose first part begins with Q or q and a capital, as classes and functions of
    # Qt do.
    string(REGEX MATCH "_Z(TI|TV|TS)?(N[KVR]*)?[0-9]+[Qq][A-Z][A-Za-z0-9_]*" found "${symbols}")
    if(found)
        message(FATAL_ERROR "${ARCHIVE} uses a symbol of Qt: ${found}. ${remedy}")
    endif()
endif()
