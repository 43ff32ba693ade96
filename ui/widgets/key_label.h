// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace cachescope::ui {

/// A key over a few lines, in the monospaced face: broken anywhere, since keys have no spaces, and
/// cut with an ellipsis behind the last line. Plain text; the whole as tooltip where it is cut. GUI
/// thread.
class KeyLabel : public QWidget {
    Q_OBJECT

public:
    explicit KeyLabel(int mostLines = 3, QWidget* parent = nullptr);

    /// `text` is readable, as printableText() makes it.
    void setText(const QString& text);
    const QString& text() const { return m_text; }
    /// For a text that has words beside a key: lines break between them where they can.
    void setBreaksAtWords(bool atWords) { m_atWords = atWords; }

    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    /// How many lines there are, at most m_mostLines; calls `each` with the text of every one.
    template <class Each>
    int layOut(int width, Each each) const;

    const int m_mostLines;
    QString m_text;
    bool m_atWords = false;
};

}  // namespace cachescope::ui
