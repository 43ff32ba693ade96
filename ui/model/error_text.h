// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QString>

#include "engine/core/error.h"
#include "engine/redis/tls_refusal.h"

namespace cachescope::ui {

/// A failure as a person reads it: what happened and why, and what to do next.
///
/// The one place where the engine's codes become sentences. The texts may hold words from outside
/// (paths, what a server said), so they must be shown as plain text. Pure; any thread.
class ErrorText {
    Q_DECLARE_TR_FUNCTIONS(cachescope::ui::ErrorText)

public:
    explicit ErrorText(const Error& error);

    const QString& what() const noexcept { return m_what; }
    const QString& remedy() const noexcept { return m_remedy; }
    /// Both on one line, for a terminal or a narrow place.
    QString oneLine() const;

private:
    void explainRefusal(const QString& subject, const TlsRefusal& refusal);

    QString m_what;
    QString m_remedy;
};

}  // namespace cachescope::ui
