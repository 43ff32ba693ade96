// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A key a line, taken as it is but for white space at its end, and nothing else: no times, no
// sizes.

#include "engine/trace/line_reader.h"
#include "engine/trace/record_reader.h"

namespace cachescope {

namespace {

class KeyListReader final : public RecordReader {
public:
    explicit KeyListReader(InputBuffer& input) : m_lines(input) {}

    bool read(TraceBuilder& builder) override {
        std::string_view line;
        for (std::size_t i = 0; i < kRequestsAtATime; ++i) {
            if (!m_lines.next(line)) {
                return false;
            }
            take(line, builder);
        }
        return true;
    }

private:
    void take(std::string_view line, TraceBuilder& builder) {
        line = line.substr(0, line.find_last_not_of(" \t\r") + 1);
        if (m_lines.tooLong() || line.size() > KeyTable::kLongestName) {
            builder.skip(m_lines.number(), "the key is longer than 65535 bytes");
        } else if (line.find('\0') != std::string_view::npos) {
            builder.skip(m_lines.number(), "the key has a zero byte");
        } else if (!line.empty()) {
            builder.add(line, {});
        }
    }

    LineReader m_lines;
};

}  // namespace

std::unique_ptr<RecordReader> keyListReader(InputBuffer& input, TraceBuilder& builder) {
    builder.leaveOutTimes();
    return std::make_unique<KeyListReader>(input);
}

}  // namespace cachescope
