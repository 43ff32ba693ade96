// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QString>
#include <QStringList>

namespace cachescope::test {

/// What came of one run of the program. The exit code is -1 where it crashed or took too long.
struct Run {
    int exitCode = -1;
    QString output;
    QString errors;

    QJsonObject json() const { return QJsonDocument::fromJson(output.toUtf8()).object(); }
};

/// Waits for the end of a program that was started.
inline Run resultOf(QProcess& program) {
    Run run;
    if (program.waitForFinished(60'000) && program.exitStatus() == QProcess::NormalExit) {
        run.exitCode = program.exitCode();
    }
    run.output = QString::fromUtf8(program.readAllStandardOutput());
    run.errors = QString::fromUtf8(program.readAllStandardError());
    return run;
}

/// Runs `cachescope` as a person or a script does, to its end.
inline Run runProgram(const QStringList& arguments) {
    QProcess program;
    program.start(QStringLiteral(CACHESCOPE_PROGRAM), arguments);
    return resultOf(program);
}

}  // namespace cachescope::test
