// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCheckBox>
#include <QLabel>
#include <QLineEdit>
#include <QTest>

#include "tests/ui/lane_editor_fixture.h"
#include "ui/pages/lane_options.h"
#include "ui/widgets/disclosure.h"

namespace cachescope::ui::test {

/// The editor with all groups unfolded.
struct OptionsFixture : LaneEditorFixture {
    using LaneEditorFixture::LaneEditorFixture;

    bool ready() {
        return LaneEditorFixture::ready([this] {
            for (auto* fold : editor->findChildren<Disclosure*>()) {
                fold->setOpen(true);
            }
        });
    }
    OptionRow* row(const char* name) const {
        for (auto* row : editor->findChildren<OptionRow*>()) {
            if (row->name() == QLatin1String(name)) {
                return row;
            }
        }
        return nullptr;
    }
    QLineEdit* box(const char* name) const { return row(name)->findChild<QLineEdit*>(); }
    QCheckBox* check(const char* name) const { return row(name)->findChild<QCheckBox*>(); }
    // What is said below an option besides its explanation.
    QString note(const char* name) const {
        const auto labels = row(name)->findChildren<QLabel*>();
        QStringList texts;
        for (const QLabel* label : labels) {
            if (label->isVisible() && label->text().startsWith(QStringLiteral("No"))) {
                texts.append(label->text());
            }
        }
        return texts.join(QLatin1Char('|'));
    }
    bool lane(const std::function<bool(const sim::LaneSpec&)>& condition) {
        return after(
            [&](const auto&) { return lab.lane(2) != nullptr && condition(lab.lane(2)->spec); });
    }
};

inline void type(QLineEdit* field, const char* text) {
    field->setFocus();
    field->selectAll();
    QTest::keyClicks(field, QString::fromUtf8(text));
    QTest::keyClick(field, Qt::Key_Return);
}

inline void press(QCheckBox* box) {
    box->setFocus();
    QTest::keyClick(box, Qt::Key_Space);
}

}  // namespace cachescope::ui::test
