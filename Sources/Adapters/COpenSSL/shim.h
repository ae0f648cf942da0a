// The functions of OpenSSL 3 that `Cryptography` calls.
#ifndef ZHIXIN_COPENSSL_SHIM_H
#define ZHIXIN_COPENSSL_SHIM_H

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>
#include <openssl/params.h>
#include <openssl/sha.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

// SHA-256 with its state on the stack. OpenSSL 3 prefers the EVP interface, whose state is on the heap; a node of a
// Merkle tree is 65 bytes, and for these the heap costs more than the hash.
static inline void zhixin_sha256(const void *bytes, size_t count, void *digest) {
    SHA256_CTX state;
    SHA256_Init(&state);
    SHA256_Update(&state, bytes, count);
    SHA256_Final((unsigned char *)digest, &state);
}

#pragma GCC diagnostic pop

#endif
