// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/tls_certificate.h"

#include <arpa/inet.h>
#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <ctime>
#include <memory>
#include <utility>

namespace cachescope {

namespace {

// A certificate may hold thousands of names of any length; nobody reads them all.
constexpr std::size_t kLongest = 200;
constexpr std::size_t kMostNames = 20;

struct FreeNames {
    void operator()(GENERAL_NAMES* names) const noexcept { GENERAL_NAMES_free(names); }
};
struct FreeBio {
    void operator()(BIO* bio) const noexcept { BIO_free(bio); }
};

std::string commonName(const X509_NAME* name) {
    std::array<char, kLongest> text{};
    const int length =
        X509_NAME_get_text_by_NID(name, NID_commonName, text.data(), static_cast<int>(kLongest));
    return length < 0 ? std::string{} : std::string{text.data()};
}

std::string nameText(const X509_NAME* name) {
    if (std::string common = commonName(name); !common.empty()) {
        return common;
    }
    const std::unique_ptr<BIO, FreeBio> out{BIO_new(BIO_s_mem())};
    if (out == nullptr || X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253) < 0) {
        return {};
    }
    const char* text = nullptr;
    const auto length = BIO_get_mem_data(out.get(), &text);
    return std::string{text, static_cast<std::size_t>(length)}.substr(0, kLongest);
}

std::string timeText(const ASN1_TIME* time) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) != 1) {
        return {};
    }
    std::array<char, 32> text{};
    const auto length = std::strftime(text.data(), text.size(), "%Y-%m-%d", &parts);
    return {text.data(), length};
}

std::string addressText(const ASN1_STRING* address) {
    const int length = ASN1_STRING_length(address);
    if (length != 4 && length != 16) {
        return {};
    }
    std::array<char, INET6_ADDRSTRLEN> text{};
    ::inet_ntop(length == 4 ? AF_INET : AF_INET6, ASN1_STRING_get0_data(address), text.data(),
                text.size());
    return text.data();
}

std::vector<std::string> hostNames(const X509& certificate) {
    const std::unique_ptr<GENERAL_NAMES, FreeNames> names{static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr))};
    std::vector<std::string> all;
    const int count = names == nullptr ? 0 : sk_GENERAL_NAME_num(names.get());
    for (int i = 0; i < count && all.size() < kMostNames; ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
        std::string text;
        if (name->type == GEN_DNS) {
            text.assign(reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)),
                        static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName)));
        } else if (name->type == GEN_IPADD) {
            text = addressText(name->d.iPAddress);
        }
        if (!text.empty()) {
            all.push_back(text.substr(0, kLongest));
        }
    }
    // Without a list of names, the common name is one.
    if (std::string common = commonName(X509_get_subject_name(&certificate));
        all.empty() && !common.empty()) {
        all.push_back(std::move(common));
    }
    return all;
}

}  // namespace

TlsCertificate TlsCertificate::of(const x509_st& certificate) {
    TlsCertificate made;
    made.subject = nameText(X509_get_subject_name(&certificate));
    made.issuer = nameText(X509_get_issuer_name(&certificate));
    made.names = hostNames(certificate);
    made.validFrom = timeText(X509_get0_notBefore(&certificate));
    made.validTo = timeText(X509_get0_notAfter(&certificate));
    return made;
}

}  // namespace cachescope
