// What this process lacks, so that an error text says the cause and not a guess.
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

/// The error's sentence, and what to do where it is the limit of open files that was reached.
std::string reason_of(const ErrorCode& error);
/// The same of what ended a program.
StartupError refusal_of(const std::exception& error);

/// Throws StartupError(configuration) where it can open less than so many descriptors more.
void require_descriptors(std::size_t count);

/// Throws StartupError(configuration) where /proc is not mounted.
void require_proc();

}  // namespace treecast
