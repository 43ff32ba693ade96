// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/capture.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <limits>
#include <memory>
#include <utility>

#include "engine/core/file_error.h"
#include "engine/trace/key_table.h"
#include "engine/trace/monitor_requests.h"

namespace cachescope::inspect {

namespace {

constexpr std::size_t kPiece = std::size_t{64} << 10;
constexpr Duration kBetweenReports = std::chrono::milliseconds{250};

// Text that goes to a file in pieces of whole lines.
class LineFile {
public:
    explicit LineFile(std::string path) : m_path(std::move(path)) {}

    Result<void> open() {
        errno = 0;
        m_file.reset(std::fopen(m_path.c_str(), "wb"));
        if (m_file == nullptr) {
            return fileError(m_path, errno);
        }
        // Each piece goes straight out: what is in a buffer of our own is lost with the process.
        std::setvbuf(m_file.get(), nullptr, _IONBF, 0);
        return {};
    }

    std::string& text() noexcept { return m_text; }
    bool isFull() const noexcept { return m_text.size() >= kPiece; }
    std::uint64_t bytes() const noexcept { return m_written + m_text.size(); }

    Result<void> flush() {
        if (m_text.empty()) {
            return {};
        }
        errno = 0;
        const std::size_t count = std::fwrite(m_text.data(), 1, m_text.size(), m_file.get());
        m_written += count;
        if (count < m_text.size()) {
            const Error failure = fileError(m_path, errno);
            m_text.clear();
            return failure;
        }
        m_text.clear();
        return {};
    }

private:
    struct Close {
        void operator()(std::FILE* file) const noexcept { std::fclose(file); }
    };

    const std::string m_path;
    std::unique_ptr<std::FILE, Close> m_file;
    std::string m_text;
    std::uint64_t m_written = 0;
};

void appendKey(std::string& line, const std::string& key) {
    const bool isPlain = key.find_first_of(",\";\t ") == std::string::npos;
    if (isPlain) {
        line += key;
        return;
    }
    line += '"';
    for (const char byte : key) {
        line += byte;
        if (byte == '"') {
            line += byte;
        }
    }
    line += '"';
}

class Capture {
public:
    Capture(std::string path, int database, const CaptureOptions& options,
            std::stop_source& stopper)
        : m_file(std::move(path)), m_database(database), m_options(options), m_stopper(stopper) {}

    Result<void> begin() {
        if (auto opened = m_file.open(); !opened) {
            return opened;
        }
        m_file.text() = "time_us,key,size,ttl_ms,op\n";
        return m_file.flush();
    }

    void take(const MonitorLine& line) {
        if (line.database != m_database) {
            ++m_report.leftOut;
            return;
        }
        if (!m_first) {
            m_first = line.time;
        }
        // One database is the whole world of the trace, so that its number says nothing.
        m_line = line;
        m_line.database = 0;
        m_requests.add(m_line, m_write);
        const Duration span = line.time - *m_first;
        if (span - m_told >= kBetweenReports) {
            // Also what is no whole piece, so that little is lost with the process.
            flush();
            m_told = span;
            if (m_options.progress) {
                m_options.progress({span, m_report.reads + m_report.writes, m_file.bytes()});
            }
        }
    }

    CaptureReport end(BurstReport burst) {
        m_requests.finish(m_write);
        flush();
        m_report.leftOut += m_requests.leftOut();
        m_report.fileBytes = m_file.bytes();
        m_report.burst = std::move(burst);
        return std::move(m_report);
    }

private:
    void write(const MonitorRequests::Request& request) {
        const std::string key = monitorKeyText(request.key);
        if (key.empty() || key.size() > KeyTable::kLongestName) {
            ++m_report.skipped;
            return;
        }
        const bool isRead = request.operation == TraceOperation::read;
        ++(isRead ? m_report.reads : m_report.writes);
        std::string& text = m_file.text();
        text += std::to_string(request.time / std::chrono::microseconds{1});
        text += ',';
        appendKey(text, key);
        text += ',';
        text += std::to_string(
            std::min<std::uint64_t>(request.size, std::numeric_limits<std::uint32_t>::max()));
        text += ',';
        if (request.ttl > Duration::zero()) {
            text += std::to_string(request.ttl / std::chrono::milliseconds{1});
        }
        text += isRead ? ",get\n" : ",set\n";
        if (m_file.isFull()) {
            flush();
        }
    }
    void flush() {
        if (m_report.writing) {
            m_file.text().clear();
            return;
        }
        if (auto flushed = m_file.flush(); !flushed) {
            m_report.writing = flushed.error();
            m_stopper.request_stop();
        }
    }

    LineFile m_file;
    const int m_database;
    const CaptureOptions& m_options;
    std::stop_source& m_stopper;
    MonitorRequests m_requests;
    MonitorRequests::Take m_write = [this](const auto& request) { write(request); };
    MonitorLine m_line;
    std::optional<Duration> m_first;
    Duration m_told{};
    CaptureReport m_report;
};

}  // namespace

Result<CaptureReport> captureTrace(const RedisAddress& address, const std::shared_ptr<Guard>& guard,
                                   const std::string& path, const CaptureOptions& options,
                                   const std::stop_token& stop) {
    std::stop_source stopper;
    const std::stop_callback onStop{stop, [&] { stopper.request_stop(); }};
    Capture capture(path, address.database, options, stopper);
    if (auto begun = capture.begin(); !begun) {
        return begun.error();
    }
    auto burst = runMonitorBurst(
        address, guard, options.burst, [&](const MonitorLine& line) { capture.take(line); },
        stopper.get_token());
    if (!burst) {
        return burst.error();
    }
    return capture.end(std::move(*burst));
}

}  // namespace cachescope::inspect
