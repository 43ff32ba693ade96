// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QComboBox>
#include <QFile>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableWidget>
#include <QTemporaryDir>
#include <QTest>

#include "ui/dialogs/import_dialog.h"

using namespace cachescope;
using namespace cachescope::ui;

namespace {

QString q(const char* text) {
    return QString::fromUtf8(text);
}

struct Fixture {
    QTemporaryDir folder;
    std::unique_ptr<ImportDialog> dialog;
    std::unique_ptr<QSignalSpy> previewed;

    explicit Fixture(const char* content, const char* name = "trace.csv") {
        QFile file(folder.filePath(q(name)));
        if (file.open(QIODevice::WriteOnly)) {
            file.write(content);
        }
        file.close();
        dialog = std::make_unique<ImportDialog>(file.fileName());
        previewed = std::make_unique<QSignalSpy>(dialog.get(), &ImportDialog::previewed);
        dialog->show();
    }
    bool isReady() const { return previewed->wait(); }

    template <class Widget>
    Widget* named(const char* name) const {
        for (Widget* widget : dialog->findChildren<Widget*>()) {
            if (widget->accessibleName() == q(name)) {
                return widget;
            }
        }
        return nullptr;
    }
    void choose(const char* box, int index) const {
        auto* combo = named<QComboBox>(box);
        combo->setCurrentIndex(index);
        Q_EMIT combo->activated(index);
    }
    QPushButton* use() const {
        for (QPushButton* button : dialog->findChildren<QPushButton*>()) {
            if (button->text() == q("Use")) {
                return button;
            }
        }
        return nullptr;
    }
    QString cell(const char* table, int row, int column) const {
        const auto* item = named<QTableWidget>(table)->item(row, column);
        return item == nullptr ? QString() : item->text();
    }
};

}  // namespace

class TestImportDialog : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void columnsAreGuessedAndRequestsShown() {
        const Fixture fixture("ts_ms,client,key\n0,a,product:1\n2500,b,product:2\n");
        QVERIFY(fixture.isReady());
        QCOMPARE(fixture.named<QComboBox>("Time")->currentText(), q("1: ts_ms"));
        QCOMPARE(fixture.named<QComboBox>("Key")->currentText(), q("3: key"));
        QCOMPARE(fixture.named<QComboBox>("Size")->currentText(), q("none"));
        QCOMPARE(fixture.named<QComboBox>("Unit of the Time")->currentText(), q("ms"));
        QCOMPARE(fixture.cell("First lines of the file", 1, 2), q("product:2"));
        QCOMPARE(fixture.cell("First requests", 1, 1), q("product:2"));
        QVERIFY(fixture.use()->isEnabled());
        QVERIFY2(fixture.dialog->options().columns.empty(), "what was guessed need not be told");
    }

    void anotherColumnIsReadAtOnce() {
        const Fixture fixture("time,a,key\n0,x,1\n5,y,1\n");
        QVERIFY(fixture.isReady());
        fixture.choose("Key", 2);
        QVERIFY(!fixture.use()->isEnabled());
        QVERIFY(fixture.isReady());
        QCOMPARE(fixture.cell("First requests", 1, 1), q("y"));
        QCOMPARE(fixture.dialog->options().columns.key, std::string("2"));
        QCOMPARE(fixture.dialog->options().columns.time, std::string("1"));
    }

    void aFileWithoutNamesCanBeReadAllTheSame() {
        const Fixture fixture("alice,GET\nbob,SET\n");
        QVERIFY(fixture.isReady());
        QVERIFY(!fixture.use()->isEnabled());
        fixture.choose("Key", 1);
        QVERIFY(fixture.isReady());
        QVERIFY(fixture.use()->isEnabled());
        QCOMPARE(fixture.cell("First requests", 0, 0), q("alice"));
    }

    void whatIsNoTraceCannotBeUsed() {
        const Fixture fixture("");
        QVERIFY(fixture.isReady());
        QVERIFY(!fixture.use()->isEnabled());
    }
};

QTEST_MAIN(TestImportDialog)
#include "tst_import_dialog.moc"
