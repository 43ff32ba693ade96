// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/test_certificates.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <fstream>
#include <stdexcept>

namespace cachescope::test {

namespace {

constexpr long kDay = 24L * 60 * 60;

template <auto release>
struct Free {
    template <class T>
    void operator()(T* object) const noexcept {
        release(object);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using File = std::unique_ptr<std::FILE, Free<std::fclose>>;

void require(bool fine) {
    if (!fine) {
        throw std::runtime_error("a test's certificate cannot be made");
    }
}

Key makeKey() {
    Key key{EVP_EC_gen("P-256")};
    require(key != nullptr);
    return key;
}

void extend(X509* certificate, X509* issuer, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const std::unique_ptr<X509_EXTENSION, Free<X509_EXTENSION_free>> extension{
        X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str())};
    require(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1);
}

// Not signed yet.
Certificate draft(const std::string& name, int serial, int fromDay, int toDay, EVP_PKEY* key) {
    Certificate made{X509_new()};
    require(made != nullptr && X509_set_version(made.get(), 2) == 1 &&
            ASN1_INTEGER_set(X509_get_serialNumber(made.get()), serial) == 1 &&
            X509_gmtime_adj(X509_getm_notBefore(made.get()), fromDay * kDay) != nullptr &&
            X509_gmtime_adj(X509_getm_notAfter(made.get()), toDay * kDay) != nullptr &&
            X509_set_pubkey(made.get(), key) == 1);
    X509_NAME* subject = X509_get_subject_name(made.get());
    require(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                                       reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1,
                                       0) == 1);
    return made;
}

File openFile(const std::string& path) {
    File file{std::fopen(path.c_str(), "w")};
    require(file != nullptr);
    return file;
}

void writeCertificate(const std::string& path, X509* certificate) {
    require(PEM_write_X509(openFile(path).get(), certificate) == 1);
}

}  // namespace

struct TestCertificates::Keys {
    Key key = makeKey();
    Certificate certificate;
};

TestCertificates::TestCertificates() : m_keys(std::make_unique<Keys>()) {
    m_keys->certificate = draft("authority of a test", 1, -1000, 1000, m_keys->key.get());
    X509* own = m_keys->certificate.get();
    require(X509_set_issuer_name(own, X509_get_subject_name(own)) == 1);
    extend(own, own, NID_basic_constraints, "critical,CA:TRUE");
    require(X509_sign(own, m_keys->key.get(), EVP_sha256()) != 0);
    m_authority = (m_directory.path() / "authority.pem").string();
    writeCertificate(m_authority, own);
}

TestCertificates::~TestCertificates() = default;

TestCertificates::Pair TestCertificates::make(const Wish& wish) {
    const Key key = makeKey();
    const Certificate made = draft(wish.name, ++m_made + 1, wish.fromDay, wish.toDay, key.get());
    X509* issuer = wish.selfSigned ? made.get() : m_keys->certificate.get();
    require(X509_set_issuer_name(made.get(), X509_get_subject_name(issuer)) == 1);
    if (!wish.hosts.empty()) {
        extend(made.get(), issuer, NID_subject_alt_name, wish.hosts);
    }
    require(X509_sign(made.get(), wish.selfSigned ? key.get() : m_keys->key.get(), EVP_sha256()) !=
            0);

    const std::string stem = (m_directory.path() / std::to_string(m_made)).string();
    const Pair pair{stem + ".pem", stem + ".key"};
    writeCertificate(pair.certificate, made.get());
    const std::string& password = wish.password;
    require(PEM_write_PKCS8PrivateKey(
                openFile(pair.key).get(), key.get(), password.empty() ? nullptr : EVP_aes_256_cbc(),
                password.c_str(), static_cast<int>(password.size()), nullptr, nullptr) == 1);
    return pair;
}

std::string TestCertificates::write(const std::string& name, const std::string& contents) const {
    const std::string path = (m_directory.path() / name).string();
    std::ofstream{path, std::ios::binary} << contents;
    return path;
}

}  // namespace cachescope::test
