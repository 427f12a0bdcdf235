// `disk`: the files of a broker as they stand in a saved session, for Kafka's own tools to read.
#pragma once

#include <string>

namespace app::lab {

struct DiskOptions {
    std::string session;
    int broker = 1;
    std::string folder;          // "" = only lists the files
    std::string at;              // a time of the lesson; otherwise where the session stands
};

int disk_command(const DiskOptions& options);

}  // namespace app::lab
