// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <QStringList>
#include <memory>

#include "engine/trace/trace_preview.h"
#include "ui/model/latest_task.h"

namespace cachescope::ui {

/// The first requests of a preview as a person reads them: time, key, size, TTL, operation; only
/// the columns that the recording has. GUI thread, or any.
struct RequestRows {
    QStringList names;
    QList<QStringList> rows;

    static RequestRows of(const Trace& trace, std::size_t most);
};

/// "CSV under gzip", "oracleGeneral, 24 bytes a record": what a recording is.
QString traceKindText(const TracePreview& preview);

/// Looks at recordings on a thread of its own, so that the window never waits for a disk; of
/// several questions that wait, the latest wins. Signals come on the GUI thread. GUI thread.
class TraceImport : public QObject {
    Q_OBJECT

public:
    explicit TraceImport(QObject* parent = nullptr);

    /// looked() or failed() follows, unless another question is asked.
    void look(const QString& path, const TraceReadOptions& options);

Q_SIGNALS:
    void looked(const std::shared_ptr<const cachescope::TracePreview>& preview);
    void failed(const QString& sentence);

private:
    LatestTask m_task;
};

}  // namespace cachescope::ui
