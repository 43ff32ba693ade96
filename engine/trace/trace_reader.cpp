// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/trace/trace_reader.h"

#include <algorithm>
#include <new>
#include <stdexcept>

#include "engine/trace/record_reader.h"
#include "engine/trace/trace_format.h"

namespace cachescope {

namespace {

constexpr std::size_t kLookedAt = std::size_t{64} << 10;
constexpr std::string_view kByteOrderMark{"\xef\xbb\xbf"};

// About the file, and where in it if the error says so.
Error inFile(const Error& error, const std::string& name) {
    return error.about(
        error.subject().empty() || error.subject() == name ? name : name + ": " + error.subject());
}

Error nothingIn(const std::string& name, const std::string& why) {
    return Error{ErrorCode::syntax, name, "requests; " + why};
}

Result<std::unique_ptr<RecordReader>> makeReader(TraceFormat format, InputBuffer& input,
                                                 const TraceColumns& columns,
                                                 TraceBuilder& builder) {
    switch (format) {
        case TraceFormat::keys:
            return keyListReader(input, builder);
        case TraceFormat::monitor:
            return monitorLogReader(input);
        case TraceFormat::oracleGeneral:
            return oracleGeneralReader(input);
        case TraceFormat::twr:
            return twrReader(input);
        case TraceFormat::csv:
        case TraceFormat::automatic:
            break;
    }
    return csvReader(input, columns, builder);
}

std::uint64_t recordBytes(TraceFormat format) noexcept {
    return format == TraceFormat::oracleGeneral ? 24 : format == TraceFormat::twr ? 20 : 0;
}

// A small file needs no large buffer. The system says of some of its own files that they are empty.
std::size_t bufferFor(Compression compression, std::optional<std::uint64_t> size) noexcept {
    if (compression != Compression::none || size.value_or(0) == 0) {
        return InputBuffer::kCapacity;
    }
    return static_cast<std::size_t>(
        std::clamp<std::uint64_t>(*size + 1, kLookedAt, InputBuffer::kCapacity));
}

Result<TraceReading> read(Decompressed file, const std::string& name,
                          const TraceReadOptions& options) {
    ByteSource& source = *file.source;
    const auto size = source.fileSize();
    InputBuffer input(source, bufferFor(file.compression, size));
    const std::string_view beginning = input.peek(kLookedAt);
    if (beginning.empty()) {
        return nothingIn(name, input.failure() ? input.failure()->detail() : "the file is empty");
    }
    const TraceFormat asked = options.format == TraceFormat::automatic && !options.columns.empty()
                                  ? TraceFormat::csv
                                  : options.format;
    const auto format = decideTraceFormat(beginning, name, asked);
    if (!format) {
        return inFile(format.error(), name);
    }
    const std::uint64_t bytesARecord = recordBytes(*format);
    if (bytesARecord == 0 && beginning.starts_with(kByteOrderMark)) {
        input.consume(kByteOrderMark.size());
    }

    TraceBuilder builder(options);
    if (bytesARecord != 0 && size && file.compression == Compression::none) {
        builder.expect(*size / bytesARecord);
    }
    const auto reader = makeReader(*format, input, options.columns, builder);
    if (!reader) {
        return inFile(reader.error(), name);
    }
    bool going = true;
    while (going) {
        if (const auto limit = builder.limitReached(RecordReader::kRequestsAtATime)) {
            return inFile(*limit, name);
        }
        going = (*reader)->read(builder);
        if (options.progress && !options.progress({source.position(), size, builder.size()})) {
            return Error{ErrorCode::cancelled, name};
        }
    }
    builder.finish();
    if (const auto limit = builder.limitReached(0)) {
        return inFile(*limit, name);
    }
    if (input.failure()) {
        builder.breakOff(input.failure()->detail());
    }
    TraceReading reading = builder.take();
    reading.format = *format;
    reading.compression = file.compression;
    if (reading.trace.size() == 0) {
        const std::string note = reading.note();
        return nothingIn(name, note.empty() ? "the file has none" : note);
    }
    return reading;
}

}  // namespace

std::string TraceReading::note() const {
    std::string text;
    const auto say = [&text](const std::string& what) {
        text += (text.empty() ? "" : "; ") + what;
    };
    if (!assumed.empty()) {
        say(assumed);
    }
    if (skipped != 0) {
        say(std::to_string(skipped) + (skipped == 1 ? " line" : " lines") +
            " skipped, first line " + std::to_string(firstSkipped) + ": " + firstReason);
    }
    if (backwards != 0) {
        say(std::to_string(backwards) + (backwards == 1 ? " time runs" : " times run") +
            " backwards, taken as the one before");
    }
    if (!brokenOff.empty()) {
        say("ends after " + std::to_string(trace.size()) + " requests: " + brokenOff);
    }
    return text;
}

Result<TraceReading> readTrace(std::unique_ptr<ByteSource> source, const std::string& name,
                               const TraceReadOptions& options) {
    try {
        auto file = decompress(std::move(source));
        if (!file) {
            return inFile(file.error(), name);
        }
        return read(std::move(*file), name, options);
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::tooLarge, name, "there is not enough memory for it"};
    } catch (const std::length_error&) {
        return Error{ErrorCode::tooLarge, name, "there is not enough memory for it"};
    }
}

Result<TraceReading> readTrace(const std::string& path, const TraceReadOptions& options) {
    auto file = openFile(path);
    if (!file) {
        return file.error();
    }
    return readTrace(std::move(*file), path, options);
}

}  // namespace cachescope
