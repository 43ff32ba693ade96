// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// How fast recordings are read: each format next to the plain way to write such a reader, with
// fread or getline, a stream of characters a line and a hash map of the standard library. Two
// million requests for about 650,000 keys; `--requests N` in front of the other arguments for more.

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/core/random.h"
#include "engine/trace/trace_reader.h"
#include "tests/bench/comparison.h"
#include "tests/support/temporary_directory.h"

using namespace cachescope;
using namespace cachescope::bench;

namespace {

struct Record {
    std::uint32_t time;
    std::uint64_t key;
    std::uint32_t size;
};

// Half of the requests for few keys, half for many, as ids that say nothing.
std::vector<Record> makeRecords(std::size_t count) {
    Random random(1);
    std::vector<Record> records(count);
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint64_t key = random.below(random.below(2) == 0 ? count / 100 : count / 2);
        records[i] = {static_cast<std::uint32_t>(i / 5000), mix64(key),
                      static_cast<std::uint32_t>(random.below(5000))};
    }
    return records;
}

std::string write(const std::filesystem::path& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
    return path.string();
}

template <class Number>
void append(std::string& bytes, Number number) {
    bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
}

std::string oracleGeneral(const std::vector<Record>& records) {
    std::string bytes;
    for (const Record& record : records) {
        append(bytes, record.time);
        append(bytes, record.key);
        append(bytes, record.size);
        append(bytes, std::int64_t{-1});
    }
    return bytes;
}

std::string twr(const std::vector<Record>& records) {
    std::string bytes;
    for (const Record& record : records) {
        append(bytes, record.time);
        append(bytes, record.key);
        append(bytes, record.size);
        append(bytes, 1U << 24 | 300U);
    }
    return bytes;
}

std::string csv(const std::vector<Record>& records, const char* prefix) {
    std::string text = "time,key,size\n";
    for (const Record& record : records) {
        text += std::to_string(record.time) + "," + prefix + std::to_string(record.key) + "," +
                std::to_string(record.size) + "\n";
    }
    return text;
}

std::string keys(const std::vector<Record>& records) {
    std::string text;
    for (const Record& record : records) {
        text += "user:" + std::to_string(record.key) + "\n";
    }
    return text;
}

struct Columns {
    std::vector<Duration> times;
    std::vector<std::uint32_t> keys;
    std::vector<std::uint32_t> sizes;
};

template <class Key>
std::uint32_t numberOf(std::unordered_map<Key, std::uint32_t>& numbers, const Key& key) {
    return numbers.try_emplace(key, static_cast<std::uint32_t>(numbers.size())).first->second;
}

void readByFread(const std::string& path, std::size_t recordBytes) {
    std::FILE* const file = std::fopen(path.c_str(), "rb");
    std::unordered_map<std::uint64_t, std::uint32_t> numbers;
    Columns columns;
    char bytes[24];
    while (std::fread(bytes, recordBytes, 1, file) == 1) {
        Record record{};
        std::memcpy(&record.time, bytes, sizeof record.time);
        std::memcpy(&record.key, bytes + 4, sizeof record.key);
        std::memcpy(&record.size, bytes + 12, sizeof record.size);
        columns.times.push_back(std::chrono::seconds{record.time});
        columns.keys.push_back(numberOf(numbers, record.key));
        columns.sizes.push_back(record.size);
    }
    std::fclose(file);
    keep(columns.keys.back());
}

void readByGetline(const std::string& path, bool onlyKeys) {
    std::ifstream file(path);
    std::unordered_map<std::string, std::uint32_t> numbers;
    Columns columns;
    std::string line;
    while (std::getline(file, line)) {
        if (onlyKeys) {
            columns.keys.push_back(numberOf(numbers, line));
            continue;
        }
        std::istringstream fields{line};
        std::string time;
        std::string key;
        std::string size;
        std::getline(fields, time, ',');
        std::getline(fields, key, ',');
        std::getline(fields, size, ',');
        if (time == "time") {
            continue;
        }
        columns.times.push_back(std::chrono::seconds{std::stoul(time)});
        columns.keys.push_back(numberOf(numbers, key));
        columns.sizes.push_back(static_cast<std::uint32_t>(std::stoul(size)));
    }
    keep(columns.keys.back());
}

Comparison reading(const std::string& task, const std::string& path, std::size_t count,
                   const char* plainName, const std::function<void()>& plain) {
    Comparison comparison(task);
    comparison.add(plainName, [count, plain] { return timed(Watch::processor, count, plain); });
    comparison.add("readTrace", [path, count] {
        return timed(Watch::processor, count, [&] {
            const auto read = readTrace(path);
            // A benchmark of something that does not work would be worthless.
            if (!read.ok() || read->trace.size() != count) {
                std::fprintf(stderr, "%s was not read\n", path.c_str());
                std::exit(1);
            }
        });
    });
    return comparison;
}

}  // namespace

int main(int argc, char** argv) {
    std::size_t count = 2'000'000;
    if (argc > 2 && std::strcmp(argv[1], "--requests") == 0) {
        count = std::max<std::size_t>(1000, std::strtoull(argv[2], nullptr, 10));
        argv[2] = argv[0];
        argv += 2;
        argc -= 2;
    }
    const test::TemporaryDirectory folder;
    std::vector<Comparison> comparisons;
    {
        const auto records = makeRecords(count);
        const auto add = [&](const char* task, const char* name, const std::string& bytes,
                             const char* plainName, auto plain) {
            const std::string path = write(folder / name, bytes);
            comparisons.push_back(
                reading(task, path, count, plainName, [path, plain] { plain(path); }));
        };
        const char* const fread = "fread and unordered_map";
        const char* const getline = "getline, istringstream and unordered_map";
        add("oracleGeneral", "a.oracleGeneral", oracleGeneral(records), fread,
            [](const std::string& path) { readByFread(path, 24); });
        add("twr", "a.twr", twr(records), fread,
            [](const std::string& path) { readByFread(path, 20); });
        add("CSV with numbers as keys", "numbers.csv", csv(records, ""), getline,
            [](const std::string& path) { readByGetline(path, false); });
        add("CSV with texts as keys", "texts.csv", csv(records, "user:"), getline,
            [](const std::string& path) { readByGetline(path, false); });
        add("a key a line", "keys.txt", keys(records), "getline and unordered_map",
            [](const std::string& path) { readByGetline(path, true); });
    }
    return runAll("trace", 3, std::move(comparisons), argc, argv);
}
