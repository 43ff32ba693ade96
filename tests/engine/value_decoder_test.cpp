// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Values as other programs write them, and as nobody should.

#include "engine/inspect/value_decoder.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/compressed.h"

namespace cachescope::inspect {
namespace {

using namespace std::literals;
using test::gzipped;
using test::zstdCompressed;

// A tree on one line: "{id: 7, tags: [a, b]}".
std::string shown(const ValueNode& node) {
    const auto inside = [&](const char* open, const char* close) {
        std::string text = node.text + open;
        for (const ValueNode& child : node.children) {
            text += (text.ends_with(open) ? "" : ", ") +
                    (child.name.empty() ? "" : child.name + ": ") + shown(child);
        }
        return text + close;
    };
    switch (node.kind) {
        case ValueNode::Kind::null:
            return "null";
        case ValueNode::Kind::list:
            return inside("[", "]");
        case ValueNode::Kind::map:
            return inside("{", "}");
        case ValueNode::Kind::object:
            return inside("(", ")");
        case ValueNode::Kind::reference:
            return "->" + node.text;
        default:
            return node.text;
    }
}
std::string shown(const DecodedValue& value) {
    return value.tree ? shown(*value.tree) : value.text;
}

std::string fromHex(std::string_view hex) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
        bytes += static_cast<char>(std::stoi(std::string{hex.substr(i, 2)}, nullptr, 16));
    }
    return bytes;
}

DecodedValue decodeAs(ValueFormat format, std::string_view bytes) {
    return decodeValue(bytes, {.format = format, .limits = {}});
}

unsigned depthOf(const ValueNode& node) {
    unsigned deepest = 0;
    for (const ValueNode& child : node.children) {
        deepest = std::max(deepest, depthOf(child) + 1);
    }
    return deepest;
}

// An object of a class with a parent, a list, a map, an enumeration, arrays and a loop, as Java 17
// writes it.
constexpr std::string_view kJavaUser =
    "aced0005737200064724557365723d336b7de6294c8e02000b4300026368440001645a00026f6b4c00016374"
    "00094c4724436f6c6f723b5b00026c737400025b4a4c00016d74000f4c6a6176612f7574696c2f4d61703b4c"
    "00046e616d657400124c6a6176612f6c616e672f537472696e673b5b00037261777400025b424c000473656c"
    "667400124c6a6176612f6c616e672f4f626a6563743b4c0004746167737400104c6a6176612f7574696c2f4c"
    "6973743b4c00047768656e7400104c6a6176612f7574696c2f446174653b787200064724426173651a1eff58"
    "a416b4670200014900026964787000000007005a3ff8000000000000017e7200074724436f6c6f7200000000"
    "000000001200007872000e6a6176612e6c616e672e456e756d00000000000000001200007870740003524544"
    "757200025b4a782004b512b175930200007870000000020000000000000001fffffffffffffffe737200176a"
    "6176612e7574696c2e4c696e6b6564486173684d617034c04e5c106cc0fb0200015a000b6163636573734f72"
    "646572787200116a6176612e7574696c2e486173684d61700507dac1c31660d103000246000a6c6f61644661"
    "63746f724900097468726573686f6c6478703f4000000000000c770800000010000000027400016b73720011"
    "6a6176612e6c616e672e496e746567657212e2a0a4f781873802000149000576616c7565787200106a617661"
    "2e6c616e672e4e756d62657286ac951d0b94e08b0200007870000000057400016e707800740003416e6e7572"
    "00025b42acf317f8060854e0020000787000000002010271007e000a737200136a6176612e7574696c2e4172"
    "7261794c6973747881d21d99c7619d03000149000473697a6578700000000277040000000274000161740001"
    "62787372000e6a6176612e7574696c2e44617465686a81014b59741903000078707708000000000000000078";

TEST(ValueDecoderTest, jsonIsATree) {
    const auto value = decodeValue(R"({"id": 7, "tags": ["a", null, true], "x": 1.50})");
    EXPECT_EQ(value.format, ValueFormat::json);
    EXPECT_FALSE(value.note);
    EXPECT_EQ(shown(value), "{id: 7, tags: [a, null, true], x: 1.50}");
}

TEST(ValueDecoderTest, textStaysText) {
    for (const std::string_view text :
         {"hello"sv, "17"sv, "ünï ☃"sv, "{not json"sv, R"(s:2:"abc";)"sv, "i:5"sv,
          "x\x9c"
          "y"sv}) {
        const auto value = decodeValue(text);
        if (text.front() == 'x') {
            EXPECT_EQ(value.format, ValueFormat::hex);
            continue;
        }
        EXPECT_EQ(value.format, ValueFormat::text) << text;
        EXPECT_EQ(value.text, text);
        EXPECT_FALSE(value.note) << text;
    }
    EXPECT_EQ(decodeValue("").format, ValueFormat::text);
}

TEST(ValueDecoderTest, whatIsNoUtf8IsShownAsHex) {
    EXPECT_EQ(decodeValue("A\xff\x00z"sv).text,
              "00000000  41 ff 00 7a                                       A..z\n");
    const std::string surrogate = "\xed\xa0\x80";
    EXPECT_EQ(decodeValue(surrogate).format, ValueFormat::hex);
    EXPECT_EQ(decodeValue("\xc0\xafx").format, ValueFormat::hex);
    EXPECT_EQ(decodeValue(std::string(20, '\1')).text,
              "00000000  01 01 01 01 01 01 01 01  01 01 01 01 01 01 01 01  ................\n"
              "00000010  01 01 01 01                                       ....\n");
}

TEST(ValueDecoderTest, compressionIsUndoneStepByStep) {
    const std::string json = R"({"a":[1,2,3]})";
    const std::string twice = zstdCompressed(gzipped(json));
    const auto value = decodeValue(twice);
    ASSERT_EQ(value.steps.size(), 2U);
    EXPECT_EQ(value.steps[0].format, ValueFormat::zstd);
    EXPECT_EQ(value.steps[0].bytesIn, twice.size());
    EXPECT_EQ(value.steps[1].format, ValueFormat::gzip);
    EXPECT_EQ(value.steps[1].bytesOut, json.size());
    EXPECT_EQ(value.format, ValueFormat::json);
    EXPECT_EQ(shown(value), "{a: [1, 2, 3]}");
}

TEST(ValueDecoderTest, zlibIsKnownByItsHead) {
    // zlib.compress(b'hello hello hello')
    const auto value = decodeValue(fromHex("789ccb48cdc9c957c84090003a2e067d"));
    ASSERT_EQ(value.steps.size(), 1U);
    EXPECT_EQ(value.steps[0].format, ValueFormat::zlib);
    EXPECT_EQ(value.text, "hello hello hello");
    // A text that begins with the same letters.
    EXPECT_EQ(decodeValue("x\x5e is a text").format, ValueFormat::text);
    EXPECT_TRUE(decodeValue("x^ is a text").steps.empty());
}

TEST(ValueDecoderTest, aBombIsCutAtTheLimit) {
    std::string bomb(std::size_t{64} << 20, '\0');
    bomb = gzipped(bomb);
    const auto value = decodeValue(bomb);
    ASSERT_EQ(value.steps.size(), 1U);
    EXPECT_EQ(value.steps[0].bytesOut, ValueLimits{}.outputBytes);
    EXPECT_TRUE(value.truncated);
    ASSERT_TRUE(value.note);
    EXPECT_EQ(value.note->code(), ErrorCode::tooLarge);
    // Layers of compression in each other end as well.
    std::string layers = "x";
    for (int i = 0; i < 6; ++i) {
        layers = gzipped(layers);
    }
    const auto nested = decodeValue(layers);
    EXPECT_EQ(nested.steps.size(), 4U);
    EXPECT_TRUE(nested.truncated);
}

TEST(ValueDecoderTest, aZstdFrameThatAsksForMuchMemoryIsRefused) {
    // A window of 128 MiB in the head.
    const auto value = decodeAs(ValueFormat::zstd, fromHex("28b52ffd0088"
                                                           "010000"));
    ASSERT_TRUE(value.note);
    EXPECT_EQ(value.note->code(), ErrorCode::damaged);
    EXPECT_EQ(value.format, ValueFormat::hex);
}

TEST(ValueDecoderTest, aDamagedStreamGivesWhatCameBefore) {
    std::string many = "[";
    for (int i = 0; i < 50'000; ++i) {
        many += std::to_string(i * 7919) + ",";
    }
    many += "0]";
    const std::string stream = gzipped(many);
    const auto value = decodeValue(std::string_view{stream}.substr(0, stream.size() / 2));
    ASSERT_EQ(value.steps.size(), 1U);
    EXPECT_EQ(value.format, ValueFormat::json);
    ASSERT_TRUE(value.tree);
    EXPECT_GT(value.tree->children.size(), 1000U);
    ASSERT_TRUE(value.note);
    EXPECT_EQ(value.note->code(), ErrorCode::damaged);
}

TEST(ValueDecoderTest, theBeginningOfALongValueIsShownAsFarAsItGoes) {
    DecodeOptions options;
    options.isWhole = false;
    const auto json = decodeValue(R"({"a": [1, 2, {"b": "c)", options);
    EXPECT_EQ(json.format, ValueFormat::json);
    EXPECT_EQ(shown(json), "{a: [1, 2, {}]}");
    ASSERT_TRUE(json.note);
    const auto text = decodeValue("caf\xc3", options);
    EXPECT_EQ(text.format, ValueFormat::text);
    EXPECT_EQ(text.text, "caf");
}

TEST(ValueDecoderTest, messagePackIsATreeWithKeysOfAnyKind) {
    // {"id": 7, 5: [-1, 300, 1.5, nil, true, bin "\xff"], "neg": -70000}
    const auto value =
        decodeValue(fromHex("83a2696407"
                            "0596ffcd012ccb3ff8000000000000c0c3c401ff"
                            "a36e6567d2fffeee90"));
    EXPECT_EQ(value.format, ValueFormat::messagePack);
    EXPECT_EQ(shown(value), "{id: 7, 5: [-1, 300, 1.5, null, true, \xff], neg: -70000}");
    EXPECT_FALSE(value.note);
}

TEST(ValueDecoderTest, phpIsShownWithItsClasses) {
    const auto value = decodeValue(
        "O:4:\"Page\":4:{s:5:\"title\";s:2:\"hi\";s:7:\"\0Page\0n\";i:5;s:4:\"\0*\0p\";a:2:{i:0;b:"
        "1;"
        "i:1;d:0.25;}s:4:\"next\";N;}"sv);
    EXPECT_EQ(value.format, ValueFormat::php);
    EXPECT_EQ(shown(value), "Page(title: hi, n: 5, p: {0: true, 1: 0.25}, next: null)");
    EXPECT_FALSE(value.note);
    EXPECT_EQ(shown(decodeValue("a:1:{s:1:\"r\";R:1;}")), "{r: ->1}");
    EXPECT_EQ(shown(decodeValue("C:3:\"Own\":4:{ab{}}")), "Own(ab{})");
}

TEST(ValueDecoderTest, picklesOfAllProtocolsAreShownAsWhatTheyWouldBuild) {
    // {'id': 7, 'tags': ['a', 'b'], 't': (1, 2.5, None, True), 'neg': -5, 's': {3}}
    const std::string_view old =
        "(dp0\nVid\np1\nI7\nsVtags\np2\n(lp3\nVa\np4\naVb\np5\nasVt\np15\n(I1\nF2.5\nNI01\ntp16\ns"
        "Vneg\np18\nI-5\nsVs\np19\nc__builtin__\nset\np20\n((lp21\nI3\natp22\nRp23\ns.";
    const auto first = decodeValue(old);
    EXPECT_EQ(first.format, ValueFormat::pickle);
    EXPECT_FALSE(first.note);
    EXPECT_EQ(shown(first),
              "{id: 7, tags: [a, b], t: tuple[1, 2.5, null, true], neg: -5, s: "
              "__builtin__.set([3])}");
    const auto fourth = decodeValue(
        "\x80\x04\x95\x51\0\0\0\0\0\0\0}\x94(\x8c\x02id\x94K\x07\x8c\x04when\x94\x8c\x08"
        "datetime\x94\x8c\x04"
        "date\x94\x93\x94"
        "C\x04\x07\xe4\x01\x02\x94\x85\x94R\x94\x8c\x03"
        "neg\x94J\xfb\xff\xff\xff\x8c\x01s\x94\x8f\x94(K\x03\x90u."sv);
    EXPECT_EQ(fourth.format, ValueFormat::pickle);
    EXPECT_FALSE(fourth.note) << fourth.note->toLogLine();
    EXPECT_EQ(shown(fourth), "{id: 7, when: datetime.date(\x07\xe4\x01\x02), neg: -5, s: set[3]}");
}

TEST(ValueDecoderTest, aPickleThatWouldRunACommandOnlyShowsItsName) {
    const auto value = decodeValue("cos\nsystem\n(S'echo pwned'\ntR.");
    EXPECT_EQ(value.format, ValueFormat::pickle);
    EXPECT_EQ(shown(value), "os.system(echo pwned)");
}

TEST(ValueDecoderTest, aPickleThatHoldsItselfEnds) {
    EXPECT_EQ(shown(decodeValue("\x80\x02]q\0h\0a."sv)), "[->list]");
    // Each pair of bytes would double what is there.
    std::string doubled = "\x80\x02]";
    for (int i = 0; i < 60; ++i) {
        doubled += "2a";
    }
    EXPECT_FALSE(decodeValue(doubled + ".").truncated);
}

TEST(ValueDecoderTest, javaObjectsAreShownWithClassesAndFields) {
    const auto value = decodeValue(fromHex(kJavaUser));
    EXPECT_EQ(value.format, ValueFormat::java);
    EXPECT_FALSE(value.note) << value.note->toLogLine();
    const std::string text = shown(value);
    EXPECT_TRUE(
        text.starts_with("G$User(id: 7, ch: 90, d: 1.5, ok: true, c: G$Color.RED(), ls: "
                         "[J[1, -2], m: java.util.LinkedHashMap("))
        << text;
    for (const char* part :
         {"name: Ann", "raw: \1\2", "self: ->G$User", "tags: java.util.ArrayList(size: 2, ", "a, b",
          "java.lang.Integer(value: 5)", "when: java.util.Date("}) {
        EXPECT_NE(text.find(part), std::string::npos) << part << " in " << text;
    }
}

TEST(ValueDecoderTest, nothingGoesDeeperThanTheLimit) {
    const unsigned most = ValueLimits{}.depth;
    const std::string brackets(100'000, '[');
    const std::string packs(100'000, '\x91');
    std::string php;
    std::string pickle = "\x80\x02";
    for (int i = 0; i < 20'000; ++i) {
        php += "a:1:{i:0;";
        pickle += "]";
    }
    pickle += std::string(19'999, 'a') + ".";
    const std::pair<ValueFormat, std::string> deep[]{{ValueFormat::json, brackets},
                                                     {ValueFormat::messagePack, packs},
                                                     {ValueFormat::php, php},
                                                     {ValueFormat::pickle, pickle}};
    for (const auto& [format, bytes] : deep) {
        const auto value = decodeAs(format, bytes);
        ASSERT_TRUE(value.note) << valueFormatName(format);
        EXPECT_EQ(value.note->code(), ErrorCode::tooLarge) << valueFormatName(format);
        EXPECT_TRUE(value.truncated);
        ASSERT_TRUE(value.tree);
        EXPECT_LE(depthOf(*value.tree), most + 1) << valueFormatName(format);
    }
}

TEST(ValueDecoderTest, lengthsThatLieTakeNoMemory) {
    const std::pair<ValueFormat, std::string> lies[]{
        {ValueFormat::messagePack, fromHex("ddffffffff01")},
        {ValueFormat::messagePack, fromHex("c6fffffffe41")},
        {ValueFormat::php, "a:18446744073709551615:{i:0;i:1;"},
        {ValueFormat::php, "s:4294967295:\"ab\";"},
        {ValueFormat::pickle, fromHex("80048effffffffffffff7f41")},
        {ValueFormat::java, fromHex("aced00057cffffffffffffffff41")}};
    for (const auto& [format, bytes] : lies) {
        const auto value = decodeAs(format, bytes);
        ASSERT_TRUE(value.note) << valueFormatName(format);
        EXPECT_EQ(value.note->code(), ErrorCode::damaged) << valueFormatName(format);
    }
}

TEST(ValueDecoderTest, moreNodesThanTheLimitAreLeftOut) {
    std::string json = "[";
    for (int i = 0; i < 30'000; ++i) {
        json += "1,";
    }
    json += "1]";
    const auto value = decodeValue(json);
    EXPECT_EQ(value.format, ValueFormat::json);
    EXPECT_TRUE(value.truncated);
    EXPECT_EQ(value.tree->children.size(), ValueLimits{}.nodes - 1);
}

TEST(ValueDecoderTest, anAskedFormatIsTriedAndItsFaultSaid) {
    const auto json = decodeAs(ValueFormat::json, "hello");
    EXPECT_EQ(json.format, ValueFormat::json);
    ASSERT_TRUE(json.note);
    EXPECT_EQ(json.note->code(), ErrorCode::damaged);
    const auto gzip = decodeAs(ValueFormat::gzip, "hello");
    EXPECT_EQ(gzip.format, ValueFormat::hex);
    EXPECT_TRUE(gzip.note);
    const auto text = decodeAs(ValueFormat::text, "\xff\xfe");
    EXPECT_EQ(text.format, ValueFormat::hex);
    EXPECT_TRUE(text.note);
    EXPECT_TRUE(decodeAs(ValueFormat::php, "i:1;rest").note);
    EXPECT_EQ(decodeAs(ValueFormat::hex, "{}").format, ValueFormat::hex);
}

// Every format's reader sees every beginning of every example, and each with one byte changed.
TEST(ValueDecoderTest, noDamageIsMoreThanANote) {
    const std::string examples[]{R"({"a":[1,{"b":null}]})",
                                 fromHex("83a2696407a1620391ffc0c3"),
                                 R"(O:1:"A":1:{s:1:"b";a:1:{i:0;d:1.5;}})",
                                 "\x80\x04}\x94(\x8c\x01k\x94]\x94(K\x01K\x02\x65u."s,
                                 fromHex(kJavaUser),
                                 gzipped("[1,2]"),
                                 zstdCompressed("[1,2]")};
    const ValueFormat formats[]{ValueFormat::text,   ValueFormat::hex,  ValueFormat::json,
                                ValueFormat::php,    ValueFormat::java, ValueFormat::messagePack,
                                ValueFormat::pickle, ValueFormat::gzip, ValueFormat::zlib,
                                ValueFormat::zstd};
    std::size_t seen = 0;
    for (const std::string& example : examples) {
        const std::size_t step = example.size() > 200 ? 7 : 1;
        for (std::size_t i = 0; i < example.size(); i += step) {
            std::string changed = example;
            changed[i] = static_cast<char>(changed[i] ^ static_cast<char>(1U << (i % 8)));
            for (const ValueFormat format : formats) {
                for (const std::string_view bytes :
                     {std::string_view{example}.substr(0, i), std::string_view{changed}}) {
                    const auto value = decodeAs(format, bytes);
                    seen +=
                        value.tree || !value.text.empty() || value.note || bytes.empty() ? 1U : 0U;
                    EXPECT_TRUE(value.format != ValueFormat::text || isUtf8(value.text));
                }
            }
        }
    }
    EXPECT_GT(seen, 1000U);
}

}  // namespace
}  // namespace cachescope::inspect
