// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace cachescope::ui {

/// What is left of a time, as a thin bar that gets shorter. Says nothing that a text beside it does
/// not say. GUI thread.
class TtlBar : public QWidget {
    Q_OBJECT

public:
    explicit TtlBar(QWidget* parent = nullptr);

    /// From 0 to 1.
    void setShare(double share);
    double share() const { return m_share; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    double m_share = 0;
};

}  // namespace cachescope::ui
