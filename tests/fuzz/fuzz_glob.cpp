// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A pattern and a text, divided by the first line feed.

#include <algorithm>

#include "engine/core/glob.h"
#include "tests/fuzz/fuzz.h"

using namespace cachescope;
using namespace cachescope::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input = textOf(data, size);
    const std::size_t middle = std::min(input.find('\n'), input.size());
    const std::string_view pattern = input.substr(0, middle);
    const std::string_view text = input.substr(std::min(middle + 1, input.size()));

    const bool matches = globMatches(pattern, text);
    const std::string prefix = globLiteralPrefix(pattern);
    promise(!matches || text.substr(0, prefix.size()) == prefix);
    promise(!globIsLiteral(pattern) || matches == (text == prefix));
    promise(globMatches("*", text));
    promise(globMatches(globEscape(text), text));
    promise(globMatches(globEscape(pattern), text) == (pattern == text));
    promise(globLiteralPrefix(globEscape(text)) == text);
    return 0;
}
