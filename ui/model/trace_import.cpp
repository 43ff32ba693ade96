// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/trace_import.h"

#include <QCoreApplication>
#include <QFile>
#include <algorithm>

#include "ui/model/error_text.h"
#include "ui/model/formats.h"
#include "ui/model/key_text.h"

namespace cachescope::ui {

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cachescope::ui::TraceImport)
};

}  // namespace

RequestRows RequestRows::of(const Trace& trace, std::size_t most) {
    RequestRows result;
    const bool timed = !trace.times.empty();
    const bool sized = !trace.sizes.empty();
    const bool limited = !trace.ttls.empty();
    const bool mixed = !trace.operations.empty();
    if (timed) {
        result.names.append(Words::tr("time"));
    }
    result.names.append(Words::tr("key"));
    if (sized) {
        result.names.append(Words::tr("size"));
    }
    if (limited) {
        result.names.append(Words::tr("TTL"));
    }
    if (mixed) {
        result.names.append(Words::tr("operation"));
    }
    for (std::size_t i = 0; i < std::min(trace.size(), most); ++i) {
        QStringList row;
        if (timed) {
            row.append(formatElapsed(seconds(trace.times[i])));
        }
        row.append(keyText(trace.names.name(trace.keys[i])));
        if (sized) {
            row.append(formatBytes(trace.sizes[i]));
        }
        if (limited) {
            row.append(trace.ttls[i] == Duration::zero() ? Words::tr("none")
                                                         : formatSpan(seconds(trace.ttls[i])));
        }
        if (mixed) {
            row.append(trace.operations[i] == TraceOperation::write ? Words::tr("write")
                                                                    : Words::tr("read"));
        }
        result.rows.append(row);
    }
    return result;
}

QString traceKindText(const TracePreview& preview) {
    QString kind;
    switch (preview.format) {
        case TraceFormat::keys:
            kind = Words::tr("One key a line, without times");
            break;
        case TraceFormat::monitor:
            kind = Words::tr("what MONITOR of Redis prints");
            break;
        case TraceFormat::oracleGeneral:
            kind = Words::tr("oracleGeneral, records of 24 bytes");
            break;
        case TraceFormat::twr:
            kind = Words::tr("twr, records of 20 bytes");
            break;
        case TraceFormat::csv:
        case TraceFormat::automatic:
            kind = Words::tr("CSV");
            break;
    }
    if (preview.compression != Compression::none) {
        kind = Words::tr("%1, compressed with %2")
                   .arg(kind, preview.compression == Compression::gzip ? QStringLiteral("gzip")
                                                                       : QStringLiteral("zstd"));
    }
    if (preview.fileBytes) {
        kind += QStringLiteral(", ") + formatBytes(static_cast<double>(*preview.fileBytes));
    }
    return kind;
}

TraceImport::TraceImport(QObject* parent) : QObject(parent), m_task("trace-import") {}

void TraceImport::look(const QString& path, const TraceReadOptions& options) {
    m_task.ask([this, path, options](const LatestTask::Turn& turn) {
        const auto preview = previewTrace(QFile::encodeName(path).toStdString(), options);
        if (preview) {
            turn.tell([this, found = std::make_shared<const TracePreview>(*preview)] {
                Q_EMIT looked(found);
            });
        } else {
            turn.tell([this, sentence = ErrorText(preview.error()).oneLine()] {
                Q_EMIT failed(sentence);
            });
        }
    });
}

}  // namespace cachescope::ui
