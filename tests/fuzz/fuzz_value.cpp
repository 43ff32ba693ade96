// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A value from anywhere is shown within the limits, as whatever format it is taken for.

#include <algorithm>

#include "engine/inspect/value_decoder.h"
#include "tests/fuzz/fuzz.h"

using namespace cachescope;
using namespace cachescope::inspect;
using namespace cachescope::fuzz;

namespace {

constexpr ValueLimits kLimits{.outputBytes = std::size_t{1} << 20,
                              .nodes = 2000,
                              .textBytes = std::size_t{1} << 16,
                              .depth = 20,
                              .steps = 2};

struct Size {
    std::size_t nodes = 0;
    std::size_t text = 0;
    unsigned depth = 0;
};

void measure(const ValueNode& node, unsigned depth, Size& size) {
    ++size.nodes;
    size.text += node.text.size();
    size.depth = std::max(size.depth, depth);
    promise(node.kind != ValueNode::Kind::text || isUtf8(node.text));
    for (const ValueNode& child : node.children) {
        measure(child, depth + 1, size);
    }
}

void check(const DecodedValue& value) {
    promise(value.steps.size() <= kLimits.steps);
    promise(value.format != ValueFormat::text || isUtf8(value.text));
    promise(value.text.size() <= kLimits.textBytes);
    promise(!value.truncated || value.note);
    if (value.tree) {
        Size size;
        measure(*value.tree, 0, size);
        promise(size.nodes <= kLimits.nodes + 2);
        promise(size.depth <= kLimits.depth + 2);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = textOf(data, size);
    check(decodeValue(bytes, {.format = {}, .limits = kLimits}));
    check(decodeValue(bytes, {.format = {}, .isWhole = false, .limits = kLimits}));
    if (size != 0) {
        const auto format = static_cast<ValueFormat>(data[0] % 10);
        check(decodeValue(bytes.substr(1), {.format = format, .limits = kLimits}));
    }
    return 0;
}
