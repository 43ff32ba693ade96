// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QComboBox;
class QPlainTextEdit;
class QToolButton;

namespace cachescope::ui {

class KeyLabel;
class OpenKey;
class ProblemLabel;

/// The chosen bytes of the open key, decoded, in a box: as what they seem to be, or as a person
/// chooses. Copies and saves them exactly as they are. GUI thread.
class DecodedView : public QWidget {
    Q_OBJECT

public:
    explicit DecodedView(OpenKey& key, QWidget* parent = nullptr);

private:
    void refresh();
    void copy();
    void saveAs();

    OpenKey& m_key;
    KeyLabel* m_title;
    QComboBox* m_formats;
    QToolButton* m_copy;
    QToolButton* m_save;
    QPlainTextEdit* m_text;
};

}  // namespace cachescope::ui
