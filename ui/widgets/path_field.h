// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLineEdit;

namespace cachescope::ui {

/// The path of a file: a box to type into and a button that opens the file dialog. GUI thread.
class PathField : public QWidget {
    Q_OBJECT

public:
    /// `purpose` names the file, for the dialog and for screen readers.
    explicit PathField(const QString& purpose, QWidget* parent = nullptr);

    QString path() const;
    /// Does not emit.
    void setPath(const QString& path);
    void setPlaceholderText(const QString& text);

Q_SIGNALS:
    void pathChanged();

private:
    void browse();

    const QString m_purpose;
    QLineEdit* m_edit;
};

}  // namespace cachescope::ui
