#include "base/program_options.hpp"

#include "base/one_line.hpp"
#include "base/units.hpp"

#include <boost/program_options.hpp>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <set>

namespace treecast {

namespace po = boost::program_options;

namespace {

std::string variable_name(std::string_view option) {
    std::string name = "TREECAST_";
    for (const char c : option)
        name.push_back(
            c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)))
        );
    return name;
}

// The name under which boost::program_options collects the arguments that are not options.
constexpr const char* positional_name = "positional";

/// --help and --version make sense on the command line only.
bool can_come_from_variable(std::string_view name) {
    return name != "help" && name != "version";
}

/// --config names the file, so it cannot come from it.
bool can_come_from_file(std::string_view name) {
    return can_come_from_variable(name) && name != "config";
}

const OptionSpec*
find_spec(const std::vector<std::span<const OptionSpec>>& groups, std::string_view name) {
    for (const auto& group : groups)
        for (const OptionSpec& spec : group)
            if (name == spec.name)
                return &spec;
    return nullptr;
}

bool parse_switch(const std::string& text, const std::string& source) {
    if (text == "1" || text == "true" || text == "yes" || text == "on")
        return true;
    if (text.empty() || text == "0" || text == "false" || text == "no" || text == "off")
        return false;
    throw StartupError(
        ExitCode::configuration,
        source + ": '" + text + "' is neither true nor false"
    );
}

void add_option(po::options_description& description, const OptionSpec& spec) {
    std::string name = spec.name;
    if (spec.letter != '\0')
        name += std::string(",") + spec.letter;
    if (spec.kind == OptionKind::flag)
        description.add_options()(name.c_str(), po::bool_switch(), spec.help);
    else if (spec.kind == OptionKind::text)
        description.add_options()(name.c_str(), po::value<std::string>(), spec.help);
    else
        description.add_options()(name.c_str(), po::value<std::vector<std::string>>(), spec.help);
}

}  // namespace

const OptionValues::Value& OptionValues::value(std::string_view name) const {
    return values_.find(name)->second;  // every option of the parser has an entry
}

StartupError OptionValues::refusal(std::string_view name, std::string_view reason) const {
    return refusal(name, text(name), reason);
}

StartupError
OptionValues::refusal(std::string_view name, std::string_view text, std::string_view reason) const {
    const auto code = value(name).from_command_line ? ExitCode::usage : ExitCode::configuration;
    return {code, value(name).source + ": '" + one_line(text) + "' is " + std::string(reason)};
}

bool OptionValues::has(std::string_view name) const {
    return !value(name).source.empty();
}

bool OptionValues::from_command_line(std::string_view name) const {
    return value(name).from_command_line;
}

bool OptionValues::flag(std::string_view name) const {
    return !value(name).texts.empty() && value(name).texts.back() == "true";
}

std::string OptionValues::text(std::string_view name) const {
    return value(name).texts.empty() ? std::string() : value(name).texts.back();
}

std::vector<std::string> OptionValues::list(std::string_view name) const {
    return value(name).texts;
}

std::chrono::milliseconds OptionValues::duration(std::string_view name) const {
    const auto parsed = parse_duration(text(name));
    if (!parsed)
        throw refusal(name, parsed.error().message());
    return *parsed;
}

std::uint64_t OptionValues::bytes(std::string_view name) const {
    const auto parsed = parse_size(text(name));
    if (!parsed)
        throw refusal(name, parsed.error().message());
    return *parsed;
}

std::uint64_t OptionValues::number(std::string_view name, std::uint64_t least, std::uint64_t most)
    const {
    const std::string written = text(name);
    std::uint64_t number = 0;
    const char* const end = written.data() + written.size();
    const auto [rest, error] = std::from_chars(written.data(), end, number, 10);
    if (error != std::errc() || rest != end || number < least || number > most)
        throw refusal(
            name,
            "not a number from " + std::to_string(least) + " to " + std::to_string(most)
        );
    return number;
}

OptionParser::OptionParser(
    std::vector<std::span<const OptionSpec>> groups,
    std::vector<std::span<const OptionSpec>> elsewhere,
    std::size_t positional_max
)
    : groups_(std::move(groups)),
      elsewhere_(std::move(elsewhere)),
      positional_max_(positional_max) {}

OptionValues OptionParser::parse(const std::vector<std::string>& arguments) const {
    OptionValues values;
    for (const auto& group : groups_)
        for (const OptionSpec& spec : group) {
            auto& value = values.values_[spec.name];
            if (*spec.initial != '\0' && value.texts.empty())
                value.texts.emplace_back(spec.initial);
        }
    read_command_line(arguments, values);
    read_variables(values);
    const auto config = values.values_.find("config");
    if (config != values.values_.end() && !config->second.texts.empty())
        read_file(config->second.texts.back(), config->second.source, values);
    return values;
}

void OptionParser::read_command_line(
    const std::vector<std::string>& arguments,
    OptionValues& values
) const {
    std::map<std::string, std::vector<std::string>> given;
    try {
        po::options_description known;
        std::set<std::string_view> seen;
        for (const auto& group : groups_)
            for (const OptionSpec& spec : group)
                if (seen.insert(spec.name).second)
                    add_option(known, spec);
        known.add_options()(positional_name, po::value<std::vector<std::string>>());
        po::positional_options_description positional;
        positional.add(positional_name, -1);
        const auto style =
            po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
        const auto parsed = po::command_line_parser(arguments)
                                .options(known)
                                .positional(positional)
                                .style(style)
                                .run();
        for (const auto& option : parsed.options) {
            if (option.string_key == positional_name && option.position_key < 0)
                throw po::unknown_option("--" + option.string_key);
            auto& texts = option.position_key < 0 ? given[option.string_key] : values.positional_;
            if (option.value.empty())
                texts.emplace_back("true");
            texts.insert(texts.end(), option.value.begin(), option.value.end());
        }
    } catch (const po::error& error) {
        throw StartupError(ExitCode::usage, std::string(error.what()) + "; see --help");
    }
    if (values.positional_.size() > positional_max_)
        throw StartupError(
            ExitCode::usage,
            "unexpected argument '" + values.positional_[positional_max_] + "'; see --help"
        );
    for (auto& [name, texts] : given)
        values.values_[name] = {std::move(texts), "--" + name, true};
}

void OptionParser::read_variables(OptionValues& values) const {
    for (const auto& group : groups_)
        for (const OptionSpec& spec : group) {
            const std::string variable = variable_name(spec.name);
            // NOLINTNEXTLINE(concurrency-mt-unsafe): before any thread
            const char* const text = std::getenv(variable.c_str());
            if (text != nullptr && can_come_from_variable(spec.name))
                set_written(spec, {text}, variable, values);
        }
}

void OptionParser::read_file(
    const std::string& file_name,
    const std::string& asked_by,
    OptionValues& values
) const {
    std::ifstream file(file_name);
    file.peek();  // a directory can be opened, but not read
    if (file.bad() || !file.is_open())
        throw StartupError(ExitCode::configuration, asked_by + ": cannot read '" + file_name + "'");
    file.clear();
    std::map<std::string, std::vector<std::string>> written;
    try {
        const po::options_description anything;
        for (const auto& option : po::parse_config_file(file, anything, true).options)
            written[option.string_key]
                .insert(written[option.string_key].end(), option.value.begin(), option.value.end());
    } catch (const po::error& error) {
        throw StartupError(ExitCode::configuration, file_name + ": " + error.what());
    }
    for (auto& [name, texts] : written) {
        const OptionSpec* const spec = find_spec(groups_, name);
        const bool is_known = spec != nullptr || find_spec(elsewhere_, name) != nullptr;
        if (!is_known || !can_come_from_file(name))
            throw StartupError(
                ExitCode::configuration,
                file_name + ": unknown option '" + name + "'"
            );
        if (spec != nullptr)
            set_written(*spec, std::move(texts), file_name + ": " + name, values);
    }
}

void OptionParser::set_written(
    const OptionSpec& spec,
    std::vector<std::string> texts,
    const std::string& source,
    OptionValues& values
) {
    if (spec.kind == OptionKind::flag)
        texts = {parse_switch(texts.back(), source) ? "true" : "false"};
    auto& value = values.values_[spec.name];
    if (value.source.empty())  // else an earlier source wins
        value = {std::move(texts), source, false};
}

std::string OptionParser::help() const {
    std::string text;
    std::set<std::string_view> seen;
    for (const auto& group : groups_)
        for (const OptionSpec& spec : group) {
            if (!seen.insert(spec.name).second)
                continue;
            std::string left = "  ";
            if (spec.letter != '\0')
                left += std::string("-") + spec.letter + ", ";
            left += "--" + std::string(spec.name);
            if (*spec.value != '\0')
                left += ' ' + std::string(spec.value);
            left.resize(std::max<std::size_t>(left.size() + 2, 28), ' ');
            text += left + spec.help;
            if (*spec.initial != '\0')
                text += " (" + std::string(spec.initial) + ")";
            text += '\n';
        }
    return text;
}

}  // namespace treecast
