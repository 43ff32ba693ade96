// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/trace_input.h"

#include "app/interrupt.h"
#include "app/table_text.h"
#include "ui/model/error_text.h"
#include "ui/model/printable_text.h"

namespace cachescope::app {

Result<TraceReadOptions> traceReadOptions(const std::string& format, const std::string& columns) {
    TraceReadOptions options;
    options.format = traceFormatNamed(format).value_or(TraceFormat::automatic);
    if (columns.empty()) {
        return options;
    }
    auto parsed = parseTraceColumns(columns);
    if (!parsed) {
        return parsed.error().about("--columns: " + parsed.error().subject());
    }
    if (options.format != TraceFormat::automatic && options.format != TraceFormat::csv) {
        return Error{ErrorCode::unsupported, "--columns",
                     "only CSV has columns that can be chosen"};
    }
    options.columns = std::move(*parsed);
    return options;
}

Result<TraceReading> readTraceFile(const std::string& file, TraceReadOptions options) {
    ProgressLine line;
    options.progress = [&line](const TraceProgress& progress) {
        line.show([&] {
            const std::string requests = count(progress.requests) + " requests";
            return progress.totalBytes.value_or(0) == 0
                       ? "reading: " + requests
                       : "reading: " +
                             percent(static_cast<double>(progress.bytes) /
                                     static_cast<double>(*progress.totalBytes)) +
                             ", " + requests;
        });
        return !Interrupt::requested();
    };
    return readTrace(file, options);
}

void printTraceNote(const std::string& file, const TraceReading& reading) {
    if (const std::string note = reading.note(); !note.empty()) {
        std::cerr << "cachescope: " << text(ui::printableText(file)) << ": "
                  << text(ui::printableText(note)) << '\n';
    }
}

int printFailure(const Error& error, int exitCode) {
    std::cerr << "cachescope: " << ui::ErrorText(error).oneLine().toStdString() << '\n';
    return exitCode;
}

}  // namespace cachescope::app
