// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "ui/model/level_address.h"

using cachescope::ui::LevelAddress;

class TestLevelAddress : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theAddressBelowKeepsItsOwnParametersOnly() {
        QCOMPARE(LevelAddress::lower("tiered:file:/a?bytes=5&upper_ttl=10s&breaker=off"),
                 std::string("file:/a?bytes=5"));
        QCOMPARE(LevelAddress::lower("tiered:redis://h:1/2"), std::string("redis://h:1/2"));
        QCOMPARE(LevelAddress::lower("file:/a?upper_ttl=1s"), std::string("file:/a?upper_ttl=1s"));
    }

    void whatWasSaidOfCopiesHoldsAboveAnotherAddress() {
        const std::string former = "tiered:file:/a?bytes=5&upper_ttl=10s&recovery=off";
        QCOMPARE(LevelAddress::over("redis://h?prefix=x:", former),
                 std::string("tiered:redis://h?prefix=x:&upper_ttl=10s&recovery=off"));
        QCOMPARE(LevelAddress::over("file:/b", former),
                 std::string("tiered:file:/b?upper_ttl=10s&recovery=off"));
        QCOMPARE(LevelAddress::over("file:/b", "file:/a?bytes=5"), std::string("tiered:file:/b"));
        // What is written into the new address is meant.
        QCOMPARE(LevelAddress::over("redis://h?upper_ttl=1s", former),
                 std::string("tiered:redis://h?upper_ttl=1s&recovery=off"));
    }

    void aParameterIsReadSetAndTakenAway() {
        std::string address = "tiered:file:/a?bytes=5&upper_ttl=10s";
        QCOMPARE(LevelAddress::parameter(address, "upper_ttl"), std::string("10s"));
        QCOMPARE(LevelAddress::parameter(address, "upper"), std::string());
        address = LevelAddress::with(address, "bytes", "6");
        QCOMPARE(address, std::string("tiered:file:/a?bytes=6&upper_ttl=10s"));
        address = LevelAddress::with(address, "breaker", "off");
        QCOMPARE(address, std::string("tiered:file:/a?bytes=6&upper_ttl=10s&breaker=off"));
        address = LevelAddress::with(LevelAddress::with(address, "bytes", ""), "upper_ttl", "");
        QCOMPARE(address, std::string("tiered:file:/a?breaker=off"));
        QCOMPARE(LevelAddress::with(address, "breaker", ""), std::string("tiered:file:/a"));
        QCOMPARE(LevelAddress::with("tiered:file:", "breaker", ""), std::string("tiered:file:"));
    }
};

QTEST_APPLESS_MAIN(TestLevelAddress)
#include "tst_level_address.moc"
