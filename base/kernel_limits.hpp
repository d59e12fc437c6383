// Finds which limit of this process was reached, so that an error text names the true cause.
#pragma once

#include "base/error.hpp"

#include <cstddef>
#include <exception>
#include <string>

namespace treecast {

/// Whether this process can open no more descriptors: EMFILE has other causes too.
bool descriptors_are_used_up() noexcept;
/// "this process may have 16 files open: raise ..."
std::string descriptor_limit_text();

/// The error's message; for EMFILE the limit of open files and how to raise it.
std::string reason_of(const ErrorCode& error);
/// The same for an exception that ends a program. EMFILE becomes StartupError(configuration).
StartupError refusal_of(const std::exception& error);

/// Throws StartupError(configuration) if this process cannot open `count` more descriptors.
void require_descriptors(std::size_t count);

/// Throws StartupError(configuration) if /proc cannot be read.
void require_proc();

}  // namespace treecast
