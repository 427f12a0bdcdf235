// DescribeConfigs (key 32): Settings of topics and brokers, and where each comes from.
#pragma once

#include "engine/wire/api.h"
#include "engine/wire/message.h"

namespace engine::wire {

struct DescribeConfigsRequest {
    static constexpr ApiKey kApi = ApiKey::describe_configs;
    static constexpr i16 kLowest = 0, kHighest = 4, kFlexibleSince = 4;

    struct Resource {
        i8 resource_type = 0;
        std::string resource_name;
        std::optional<Items<std::string>> configuration_keys;

        static constexpr void fields(auto& v, auto& m) {
            v.field("resource_type", m.resource_type);
            v.field("resource_name", m.resource_name);
            v.nullable("configuration_keys", m.configuration_keys);
        }
    };
    List<Resource> resources;
    bool include_synonyms = false;
    bool include_documentation = false;

    static constexpr void fields(auto& v, auto& m) {
        v.field("resources", m.resources);
        v.field("include_synonyms", m.include_synonyms, since(1));
        v.field("include_documentation", m.include_documentation, since(3));
    }
};
MR_DECLARE_MESSAGE(DescribeConfigsRequest);
static_assert(sound_versions<DescribeConfigsRequest>(32));

struct DescribeConfigsResponse {
    static constexpr ApiKey kApi = ApiKey::describe_configs;
    static constexpr i16 kLowest = 0, kHighest = 4, kFlexibleSince = 4;

    struct Result {
        struct Config {
            struct Synonym {
                std::string name;
                std::optional<std::string> value;
                i8 source = 0;

                static constexpr void fields(auto& v, auto& m) {
                    v.field("name", m.name);
                    v.nullable("value", m.value);
                    v.field("source", m.source);
                }
            };
            std::string name;
            std::optional<std::string> value;
            bool read_only = false;
            i8 config_source = -1;
            bool is_sensitive = false;
            List<Synonym> synonyms;
            i8 config_type = 0;
            std::optional<std::string> documentation;
            bool is_default = false;

            static constexpr void fields(auto& v, auto& m) {
                v.field("name", m.name);
                v.nullable("value", m.value);
                v.field("read_only", m.read_only);
                v.field("is_default", m.is_default, until(0));
                v.field("config_source", m.config_source, since(1));
                v.field("is_sensitive", m.is_sensitive);
                v.field("synonyms", m.synonyms, since(1));
                v.field("config_type", m.config_type, since(3));
                v.nullable("documentation", m.documentation, since(3));
            }
        };
        i16 error_code = 0;
        std::optional<std::string> error_message;
        i8 resource_type = 0;
        std::string resource_name;
        List<Config> configs;

        static constexpr void fields(auto& v, auto& m) {
            v.field("error_code", m.error_code);
            v.nullable("error_message", m.error_message);
            v.field("resource_type", m.resource_type);
            v.field("resource_name", m.resource_name);
            v.field("configs", m.configs);
        }
    };
    i32 throttle_time_ms = 0;
    List<Result> results;

    static constexpr void fields(auto& v, auto& m) {
        v.field("throttle_time_ms", m.throttle_time_ms);
        v.field("results", m.results);
    }
};
MR_DECLARE_MESSAGE(DescribeConfigsResponse);
static_assert(sound_versions<DescribeConfigsResponse>(32));
static_assert(are_pair<DescribeConfigsRequest, DescribeConfigsResponse>());

}  // namespace engine::wire
