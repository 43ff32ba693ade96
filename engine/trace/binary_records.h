// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "engine/trace/record_reader.h"

namespace cachescope {

/// A number as little-endian formats write it, at any address.
template <std::unsigned_integral Number>
Number littleEndian(const char* bytes) noexcept {
    Number number = 0;
    std::memcpy(&number, bytes, sizeof number);
    if constexpr (std::endian::native == std::endian::big) {
        Number turned = 0;
        for (std::size_t i = 0; i < sizeof number; ++i) {
            turned = static_cast<Number>((turned << 8) | ((number >> (8 * i)) & 0xff));
        }
        return turned;
    }
    return number;
}

constexpr std::int64_t kNanosecondsASecond = 1'000'000'000;

/// The reader of a format whose records are all of one size.
///
/// `Format` has `kBytes`, the size of a record, and `decode(const char*, Request&)`, which returns
/// the key. A last record that is cut off is told as the reason why the file broke off. One thread.
template <class Format>
class BinaryRecordReader final : public RecordReader {
public:
    explicit BinaryRecordReader(InputBuffer& input)
        : m_input(input), m_keys(kRequestsAtATime), m_requests(kRequestsAtATime) {}

    bool read(TraceBuilder& builder) override {
        std::string_view bytes = m_input.unread();
        while (bytes.size() < Format::kBytes) {
            if (!m_input.more()) {
                if (!bytes.empty() && !m_input.failure()) {
                    builder.breakOff("record " + std::to_string(m_count + 1) + " has " +
                                     std::to_string(bytes.size()) + " of " +
                                     std::to_string(Format::kBytes) + " bytes");
                }
                return false;
            }
            bytes = m_input.unread();
        }
        const std::size_t count = std::min(bytes.size() / Format::kBytes, kRequestsAtATime);
        for (std::size_t i = 0; i < count; ++i) {
            m_keys[i] = Format::decode(bytes.data() + i * Format::kBytes, m_requests[i]);
        }
        builder.add(std::span{m_keys}.first(count), m_requests.data());
        m_input.consume(count * Format::kBytes);
        m_count += count;
        return true;
    }

private:
    InputBuffer& m_input;
    std::uint64_t m_count = 0;
    std::vector<std::uint64_t> m_keys;
    std::vector<TraceBuilder::Request> m_requests;
};

}  // namespace cachescope
