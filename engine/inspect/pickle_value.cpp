// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A pickle is a program for a stack machine. This machine only puts together what would be built:
// names of classes and functions, with their arguments. It looks for none of them and calls
// nothing.

#include <charconv>

#include "engine/inspect/pickle_stack.h"

namespace cachescope::inspect {

namespace {

class Machine : private PickleStack {
public:
    explicit Machine(ValueParsing& in) : PickleStack(in), m_in(in) {}

    ParsedValue run() {
        while (!m_stopped && step()) {
        }
        return m_in.end(takeResult(m_stopped));
    }

private:
    bool step() {
        std::uint8_t code = 0;
        if (!m_in.bigEndian(code)) {
            return false;
        }
        return code < 0x80 ? oldStep(static_cast<char>(code)) : newStep(code);
    }

    bool oldStep(char code) {
        switch (code) {
            case '.':
                m_stopped = !isEmpty();
                return m_stopped || m_in.damaged("nothing to end with");
            case '(':
                mark();
                // One a byte, and no node: bounded by the input.
                return true;
            case '0':
                return pop();
            case '1':
                return popToMark([](std::vector<Item>&&) { return true; });
            case '2':
                return !isEmpty() ? again(top()) : empty();
            case 'N':
                return push(Kind::null, {});
            case 'I':
                return intLine();
            case 'L':
            case 'F':
                return line([&](std::string_view text) {
                    return push(Kind::number,
                                text.ends_with('L') ? text.substr(0, text.size() - 1) : text);
                });
            case 'J':
                return signedNumber<std::uint32_t, std::int32_t>();
            case 'K':
                return unsignedNumber<std::uint8_t>();
            case 'M':
                return unsignedNumber<std::uint16_t>();
            case 'G':
                return real();
            case 'S':
            case 'V':
                return line([&](std::string_view text) { return pushText(unquoted(text)); });
            case 'T':
            case 'X':
                return sized<std::uint32_t>(false);
            case 'U':
                return sized<std::uint8_t>(false);
            case 'B':
                return sized<std::uint32_t>(true);
            case 'C':
                return sized<std::uint8_t>(true);
            case 'P':
                return line([&](std::string_view text) { return persistent(text); });
            case 'Q':
                return wrapTop("persistent");
            default:
                return oldStructure(code);
        }
    }

    bool oldStructure(char code) {
        switch (code) {
            case ']':
                return push(Kind::list, {});
            case '}':
                return push(Kind::map, {});
            case ')':
                return push(Kind::list, "tuple");
            case 'l':
                return collect(Kind::list, {});
            case 't':
                return collect(Kind::list, "tuple");
            case 'd':
                return popToMark([&](std::vector<Item>&& items) {
                    return push(Kind::map, {}) && addPairs(std::move(items));
                });
            case 'a':
                return appendTop();
            case 'e':
                return addMany();
            case 's':
                return addPair();
            case 'u':
                return popToMark([&](std::vector<Item>&& items) {
                    return isEmpty() ? empty() : addPairs(std::move(items));
                });
            case 'c':
                return global();
            case 'i':
                return instance();
            case 'o':
                return popToMark([&](std::vector<Item>&& items) {
                    return !items.empty() ? build(std::move(items)) : m_in.damaged("no class");
                });
            case 'R':
                return call(2);
            case 'b':
                return setState();
            case 'g':
                return line([&](std::string_view text) { return get(numberOf(text)); });
            case 'h':
                return indexed<std::uint8_t>(&Machine::get);
            case 'j':
                return indexed<std::uint32_t>(&Machine::get);
            case 'p':
                return line([&](std::string_view text) { return put(numberOf(text)); });
            case 'q':
                return indexed<std::uint8_t>(&Machine::put);
            case 'r':
                return indexed<std::uint32_t>(&Machine::put);
            default:
                return m_in.damaged("no opcode");
        }
    }

    bool newStep(std::uint8_t code) {
        std::string_view ignored;
        switch (code) {
            case 0x80:
                return m_in.take(1, ignored);
            case 0x81:
                return call(2);
            case 0x82:
                return indexed<std::uint8_t>(&Machine::registered);
            case 0x83:
                return indexed<std::uint16_t>(&Machine::registered);
            case 0x84:
                return indexed<std::uint32_t>(&Machine::registered);
            case 0x85:
            case 0x86:
            case 0x87:
                return tuple(code - 0x84U);
            case 0x88:
            case 0x89:
                return push(Kind::boolean, code == 0x88 ? "true" : "false");
            case 0x8a:
                return longNumber<std::uint8_t>();
            case 0x8b:
                return longNumber<std::uint32_t>();
            case 0x8c:
                return sized<std::uint8_t>(false);
            case 0x8d:
                return sized<std::uint64_t>(false);
            case 0x8e:
            case 0x96:
                return sized<std::uint64_t>(true);
            case 0x8f:
                return push(Kind::list, "set");
            case 0x90:
                return addMany();
            case 0x91:
                return collect(Kind::list, "frozenset");
            case 0x92:
                return call(3);
            case 0x93:
                return stackGlobal();
            case 0x94:
                return put(remembered());
            case 0x95:
                return m_in.take(8, ignored);
            case 0x97:
                return push(Kind::reference, "buffer");
            case 0x98:
                return !isEmpty() || empty();
            default:
                return m_in.damaged("no opcode");
        }
    }

    template <class Use>
    bool line(Use use) {
        std::string_view text;
        return m_in.takeUntil('\n', text) && use(text);
    }
    template <class Number>
    bool indexed(bool (Machine::*use)(std::uint64_t)) {
        Number number = 0;
        return m_in.littleEndian(number) && (this->*use)(number);
    }
    static std::uint64_t numberOf(std::string_view text) {
        std::uint64_t number = ~std::uint64_t{0};
        std::from_chars(text.data(), text.data() + text.size(), number);
        return number;
    }
    static std::string_view unquoted(std::string_view text) {
        const bool isQuoted = text.size() >= 2 && text.front() == text.back() &&
                              (text.front() == '\'' || text.front() == '"');
        return isQuoted ? text.substr(1, text.size() - 2) : text;
    }

    template <class Number>
    bool unsignedNumber() {
        Number number = 0;
        return m_in.littleEndian(number) && push(Kind::number, std::to_string(number));
    }
    template <class Number, class Signed>
    bool signedNumber() {
        Number number = 0;
        return m_in.littleEndian(number) &&
               push(Kind::number, std::to_string(static_cast<Signed>(number)));
    }
    bool real() {
        std::uint64_t bits = 0;
        return m_in.bigEndian(bits) && push(Kind::number, numberText(std::bit_cast<double>(bits)));
    }
    bool intLine() {
        return line([&](std::string_view text) {
            if (text == "00" || text == "01") {
                return push(Kind::boolean, text == "01" ? "true" : "false");
            }
            return push(Kind::number, text);
        });
    }
    // Two's complement of any length, the lowest byte first.
    template <class Number>
    bool longNumber() {
        Number size = 0;
        std::string_view bytes;
        if (!m_in.littleEndian(size) || !m_in.take(size, bytes)) {
            return false;
        }
        if (bytes.size() > sizeof(std::int64_t)) {
            return push(Kind::number, "(" + std::to_string(bytes.size()) + " bytes)");
        }
        std::uint64_t bits = 0;
        for (std::size_t i = bytes.size(); i-- > 0;) {
            bits = bits << 8U | static_cast<unsigned char>(bytes[i]);
        }
        const auto unused = static_cast<unsigned>(64 - 8 * bytes.size());
        const auto number = bytes.empty() ? 0 : static_cast<std::int64_t>(bits << unused) >> unused;
        return push(Kind::number, std::to_string(number));
    }
    template <class Number>
    bool sized(bool isBytes) {
        Number size = 0;
        std::string_view content;
        if (!m_in.littleEndian(size) || !m_in.take(size, content)) {
            return false;
        }
        return isBytes ? push(Kind::bytes, content) : pushText(content);
    }

    bool global() {
        std::string_view module;
        std::string_view name;
        return m_in.takeUntil('\n', module) && m_in.takeUntil('\n', name) &&
               push(Kind::object, std::string{module} + "." + std::string{name});
    }
    bool registered(std::uint64_t number) {
        return push(Kind::object, "extension " + std::to_string(number));
    }
    bool persistent(std::string_view id) { return push(Kind::reference, id); }
    bool instance() {
        std::string_view module;
        std::string_view name;
        if (!m_in.takeUntil('\n', module) || !m_in.takeUntil('\n', name)) {
            return false;
        }
        return popToMark([&](std::vector<Item>&& items) {
            return push(Kind::object, std::string{module} + "." + std::string{name}) &&
                   adoptAll(std::move(items));
        });
    }

    ValueParsing& m_in;
    bool m_stopped = false;
};

}  // namespace

ParsedValue parsePickle(std::string_view bytes, const ValueLimits& limits) {
    ValueParsing in(bytes, limits);
    return Machine(in).run();
}

}  // namespace cachescope::inspect
