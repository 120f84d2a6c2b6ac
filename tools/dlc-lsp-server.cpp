// dlc-lsp-server.cpp - shapes, definitions and mistakes of a model file in an editor.
// SPDX-License-Identifier: Apache-2.0
//
// Speaks the language server protocol on standard input and output; LLVM's transport reads and writes the messages.
#include "compiler/Pipeline.h"
#include "tools/lsp/Document.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/LSP/Transport.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm::lsp;

namespace {
class Server {
public:
  explicit Server(JSONTransport &transport) : handler(transport) {
    handler.method("initialize", this, &Server::initialize);
    handler.method("shutdown", this, &Server::shutdown);
    handler.method("textDocument/hover", this, &Server::hover);
    handler.method("textDocument/definition", this, &Server::definition);
    handler.notification("initialized", this, &Server::ignore<InitializedParams>);
    handler.notification("textDocument/didOpen", this, &Server::open);
    handler.notification("textDocument/didChange", this, &Server::change);
    handler.notification("textDocument/didClose", this, &Server::close);
    publish = handler.outgoingNotification<PublishDiagnosticsParams>("textDocument/publishDiagnostics");
  }
  MessageHandler handler;
  bool wasShutDown = false;

private:
  using InitializedParams = NoParams;
  template <class Params> void ignore(const Params &) {}

  void initialize(const InitializeParams &, Callback<llvm::json::Value> reply) {
    reply(llvm::json::Object{
        {"serverInfo", llvm::json::Object{{"name", "dlc-lsp-server"}, {"version", "0.1.0"}}},
        {"capabilities",
         llvm::json::Object{
             {"textDocumentSync", llvm::json::Object{{"openClose", true}, {"change", (int)TextDocumentSyncKind::Full}}},
             {"hoverProvider", true},
             {"definitionProvider", true}}}});
  }
  void shutdown(const NoParams &, Callback<std::nullptr_t> reply) {
    wasShutDown = true;
    reply(nullptr);
  }

  void read(const URIForFile &uri, std::string text, int64_t version) {
    auto document = std::make_unique<dlc::Document>(uri, std::move(text));
    PublishDiagnosticsParams params(uri, version);
    params.diagnostics = document->diagnostics();
    documents[uri.file()] = std::move(document);
    publish(params);
  }
  void open(const DidOpenTextDocumentParams &params) {
    read(params.textDocument.uri, params.textDocument.text, params.textDocument.version);
  }
  void change(const DidChangeTextDocumentParams &params) {
    if (!params.contentChanges.empty()) // each holds the whole text: the last one is what is there now
      read(params.textDocument.uri, params.contentChanges.back().text, params.textDocument.version);
  }
  void close(const DidCloseTextDocumentParams &params) {
    documents.erase(params.textDocument.uri.file());
    publish(PublishDiagnosticsParams(params.textDocument.uri, 0)); // nothing is shown of a file that is not open
  }

  const dlc::Document *find(const TextDocumentIdentifier &id) const {
    auto found = documents.find(id.uri.file());
    return found == documents.end() ? nullptr : found->second.get();
  }
  void hover(const TextDocumentPositionParams &params, Callback<std::optional<Hover>> reply) {
    const dlc::Document *document = find(params.textDocument);
    reply(document ? document->hover(params.position) : std::nullopt);
  }
  void definition(const TextDocumentPositionParams &params, Callback<std::vector<Location>> reply) {
    const dlc::Document *document = find(params.textDocument);
    reply(document ? document->definition(params.position) : std::vector<Location>());
  }

  OutgoingNotification<PublishDiagnosticsParams> publish;
  llvm::StringMap<std::unique_ptr<dlc::Document>> documents;
};
} // namespace

int main(int argc, char **argv) {
  bool isTest = false;
  for (llvm::StringRef argument : llvm::ArrayRef(argv, argc).drop_front()) {
    if (argument == "--help" || argument == "-h") {
      llvm::outs() << "dlc-lsp-server: mistakes, shapes and definitions of a model file in an editor\n\n"
                      "Editors start it; it speaks the language server protocol on standard input and\n"
                      "output and takes no options. docs/tools.md tells how to set up an editor.\n\n"
                      "  --test      messages end with a line `// -----`, and answers are indented\n"
                      "  --version   the version of dlc\n";
      return 0;
    }
    if (argument == "--version") {
      llvm::outs() << "dlc-lsp-server 0.1.0\n";
      return 0;
    }
    if (argument == "--test") {
      isTest = true;
      URIForFile::registerSupportedScheme("test");
    } else if (argument != "--stdio") { // what some editors give to every server
      llvm::errs() << "dlc-lsp-server: error: unknown option " << argument << "; see --help\n";
      return 1;
    }
  }
  llvm::sys::ChangeStdinToBinary();
  JSONTransport transport(stdin, llvm::outs(), isTest ? JSONStreamStyle::Delimited : JSONStreamStyle::Standard,
                          /*prettyOutput=*/isTest);
  Server server(transport);
  if (llvm::Error error = transport.run(server.handler)) {
    llvm::errs() << "dlc-lsp-server: error: " << llvm::toString(std::move(error)) << '\n';
    return 1;
  }
  return server.wasShutDown ? 0 : 1; // as the protocol wants it
}
