// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QApplication>
#include <QPushButton>
#include <QTest>

#include "tests/support/private_redis.h"
#include "tests/ui/lab_fixture.h"
#include "ui/dialogs/change_dialog.h"
#include "ui/pages/inspect_page.h"
#include "ui/pages/key_panel.h"
#include "ui/pages/undo_bar.h"

namespace cachescope::ui::test {

inline constexpr int kPatience = 60'000;

/// The page Inspect in its window, at a real server.
struct InspectFixture : LabFixture {
    InspectPage& open(const cachescope::test::PrivateRedis* redis, QSize size = {1440, 900}) {
        MainWindow& shown = makeWindow();
        shown.resize(size);
        shown.showInspect();
        shown.show();
        if (redis != nullptr) {
            inspect.connectTo(QString::fromStdString(redis->url()));
        }
        return *shown.findChild<InspectPage*>();
    }
    bool isSampled() { return inspect.keyspace().keyspace() != nullptr; }
    bool walk() {
        if (!QTest::qWaitFor([this] { return isSampled(); }, kPatience)) {
            return false;
        }
        inspect.keyspace().startWalk({cachescope::inspect::WalkPace::Mode::fast, false});
        return QTest::qWaitFor(
            [this] {
                const auto& keyspace = inspect.keys().keyspace();
                return keyspace != nullptr && keyspace->walked && keyspace->complete;
            },
            kPatience);
    }
    void change(InspectPage& page, const QList<KeyRef>& keys,
                const cachescope::inspect::KeyChange& change);
    // So many seconds of frames at once.
    void pass(int seconds) {
        for (int frame = 0; frame < seconds * 10; ++frame) {
            window->frameClock().tick();
        }
    }
};

inline void fill(const cachescope::test::PrivateRedis& redis, int keys) {
    std::vector<RedisCommand> commands;
    for (int i = 0; i < keys; ++i) {
        commands.push_back({"SET", (i % 3 == 0 ? "page:" : "user:") + std::to_string(i), "value",
                            "EX", std::to_string(300 + i)});
    }
    commands.push_back({"HSET", "cup:1", "name", "Espresso", "attrs", R"({"colour":"white"})"});
    redis.commands(commands);
}

inline QPushButton* buttonNamed(QWidget& parent, const QString& text) {
    for (QPushButton* button : parent.findChildren<QPushButton*>()) {
        if (button->text() == text && button->isVisible()) {
            return button;
        }
    }
    return nullptr;
}

template <class Dialog>
Dialog* shownDialog() {
    for (QWidget* widget : QApplication::topLevelWidgets()) {
        if (auto* dialog = qobject_cast<Dialog*>(widget);
            dialog != nullptr && widget->isVisible()) {
            return dialog;
        }
    }
    return nullptr;
}

// As a person does, from the table to the closed dialog.
inline void InspectFixture::change(InspectPage& page, const QList<KeyRef>& keys,
                                   const cachescope::inspect::KeyChange& change) {
    inspect.setUnlocked(true);
    Q_EMIT page.findChild<KeyPanel*>()->removeRequested(keys);
    auto* dialog = shownDialog<ChangeDialog>();
    QVERIFY(dialog != nullptr);
    ChangePresenter& changes = inspect.changes();
    QVERIFY(QTest::qWaitFor([&] { return changes.canStart(); }, kPatience));
    changes.setChange(change);
    QVERIFY(changes.start(changes.confirmText()));
    QVERIFY(QTest::qWaitFor([&] { return !changes.running(); }, kPatience));
    QVERIFY(!page.findChild<UndoBar*>()->isVisible());
    dialog->close();
}

}  // namespace cachescope::ui::test
