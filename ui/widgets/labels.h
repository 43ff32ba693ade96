// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLabel>

#include "ui/theme/typography.h"

namespace cachescope::ui {

enum class TextTone { primary, secondary };

/// A label that never reads its text as markup, in one of the sizes of the scale. `wrapped` ones
/// break lines. Follows the theme.
QLabel* makeLabel(const QString& text, TypeSize size = TypeSize::body,
                  TextTone tone = TextTone::primary, QFont::Weight weight = QFont::Normal,
                  bool wrapped = false);

/// One line of plain text that gives way: in a shorter wording where there is one, else cut with an
/// ellipsis when there is no room, the whole text then as its tooltip. Keys are cut in the middle,
/// where they differ least.
class ElidedLabel : public QLabel {
    Q_OBJECT

public:
    explicit ElidedLabel(const QString& text = {}, Qt::TextElideMode mode = Qt::ElideRight,
                         QWidget* parent = nullptr);

    /// The first is the text; the first that there is room for is shown. The last is cut only where
    /// the layout gives less than the label needs at least.
    void setWordings(const QStringList& longestFirst);
    /// What is shown now, if need be to be cut.
    QString shownText() const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    bool fits(const QString& text) const;

    Qt::TextElideMode m_mode;
    QStringList m_shorter;
};

/// Small text in the colour of errors, in whichever theme is on: what is wrong with a value. Plain
/// and wrapped.
class ProblemLabel : public QLabel {
    Q_OBJECT

public:
    explicit ProblemLabel(QWidget* parent = nullptr);

protected:
    void changeEvent(QEvent* event) override;

private:
    void applyColour();
};

/// The quiet title over a group of controls: small, spaced capitals. Screen readers get the text
/// as it was given.
class SectionHeader : public QLabel {
    Q_OBJECT

public:
    explicit SectionHeader(const QString& text, QWidget* parent = nullptr);
};

}  // namespace cachescope::ui
