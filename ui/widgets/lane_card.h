// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>

namespace cachescope::ui {

/// What a LaneCard shows. All texts are plain.
struct LaneCardContent {
    enum class Trouble { none, warning, error };

    int lane = 0;     ///< from 0
    QString name;     ///< "TTL 5 s"
    QString figure;   ///< "61.4 %"; empty: an em dash
    QString summary;  ///< "memory · S3-FIFO · 500 keys"
    Trouble trouble = Trouble::none;
    QString troubleText;  ///< "Redis does not answer; every request is a miss"
    QString detail{};     ///< figures of its options, "past TTL 3.1 %"; empty: no such line
};

/// One lane of the comparison as a chip that can be selected.
///
/// A checkable button: put the cards of a page into one exclusive QButtonGroup and the arrow keys
/// go from card to card. menuRequested() comes for the right button, the menu key and F10 with
/// Shift. Screen readers get all of it as one name. GUI thread.
class LaneCard : public QAbstractButton {
    Q_OBJECT

public:
    explicit LaneCard(const LaneCardContent& content = {}, QWidget* parent = nullptr);

    void setContent(const LaneCardContent& content);
    const LaneCardContent& content() const { return m_content; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;

Q_SIGNALS:
    void menuRequested(const QPoint& globalPosition);

protected:
    void paintEvent(QPaintEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    bool event(QEvent* event) override;

private:
    int troubleHeight(int width) const;
    void updateAccessibleName();

    LaneCardContent m_content;
};

}  // namespace cachescope::ui
