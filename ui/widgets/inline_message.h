// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QPushButton;
class QToolButton;

namespace cachescope::ui {

/// A bar inside a page that says what happened, why, and what to do, with a button for it.
///
/// Never a dialog: the page stays usable. Hidden until show is called; screen readers are told when
/// it appears. Texts are plain and are wrapped, never cut. GUI thread.
class InlineMessage : public QWidget {
    Q_OBJECT

public:
    enum class Kind { info, warning, error };

    explicit InlineMessage(QWidget* parent = nullptr);

    /// Without `action` there is no button. `closable` adds a cross.
    void showMessage(Kind kind, const QString& text, const QString& action = {},
                     bool closable = true);
    Kind kind() const { return m_kind; }
    QString text() const;
    QPushButton* button() const { return m_button; }

Q_SIGNALS:
    void actionRequested();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Kind m_kind = Kind::info;
    QLabel* m_text;
    QPushButton* m_button;
    QToolButton* m_close;
};

}  // namespace cachescope::ui
