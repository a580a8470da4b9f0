using System.Buffers.Binary;
using System.Text.Json.Nodes;
using Attune.Training;
using static Attune.ExitCode;

namespace Attune.Cli;

/// <summary>What users and hostile files get wrong, and what they must be told: the place, and what to do.</summary>
internal static class BadInputCases
{
    private const string Generate = "generate model sleep", Train = "train r.yaml", Weights = "model/model.safetensors", Config = "model/config.json", Template = "model/chat_template.jinja";
    private const string Shards = "model/model.safetensors.index.json", Adapted = "generate model sleep --adapter ad", AdapterConfig = "ad/adapter_config.json", Resume = "resume runs/x";
    private const string FetchAgain = "fetch it again", Known = "known are", HelpShows = "--help` shows what it takes";

    // Some 10^13 parameters: more than any machine that runs tests has memory for.
    private const string Giant = "{ config: { model_type: llama, vocab_size: 97, hidden_size: 65536, intermediate_size: 65536, num_hidden_layers: 400, num_attention_heads: 64, max_position_embeddings: 64 }, tokenizer: model }";

    public static IReadOnlyList<BadInputCase> All { get; } =
    [
        // The command line.
        new("a verb that is not there", "trian r.yaml", Usage, "attune has no trian", "did you mean train?"),
        new("a verb below a verb that is not there", "data veiw r.yaml", Usage, "attune data has no veiw", "did you mean view?"),
        new("a verb below a verb that is missing", "data", Usage, "attune data needs a verb", "known are: view, template"),
        new("an option that is not there", "train r.yaml --sett train.seed=1", Usage, "attune train has no option --sett", "did you mean --set?"),
        new("an argument that is missing", "train", Usage, "'RECIPE'", "`attune train " + HelpShows),
        new("an argument too many", "train r.yaml more.yaml", Usage, "'more.yaml'", "`attune train " + HelpShows),
        new("a number that is none", "data view r.yaml --row three", Usage, "'--row'", "`attune data view " + HelpShows),
        new("a shell that is not known", "completions powershell", Usage, "'powershell'", "'bash'"),
        new("--set without a value", "train r.yaml --set train.seed", Usage, "--set train.seed: ", "write --set section.key=value"),
        new("--set without a key", "train r.yaml --set =3", Usage, "--set =3: ", "write --set section.key=value"),
        new("--set of an unknown key", "train r.yaml --set train.max_step=3", Usage, "--set train.max_step=3: ", "did you mean max_steps?"),
        new("--set of an unknown section", "train r.yaml --set trian.max_steps=3", Usage, "--set trian.max_steps=3: ", "did you mean train?"),
        new("--set of an impossible value", "train r.yaml --set train.max_steps=many", Usage, "--set train.max_steps=many: train.max_steps", "must be a whole number at least 1"),
        new("--set below a value", "train r.yaml --set task.x=3", Usage, "(r.yaml:2:7)", "set the whole value instead"),
        new("--skip-bad of an impossible number", "train r.yaml --skip-bad -1", Usage, "data.skip_bad", "must be a whole number at least 0"),

        // The recipe as text.
        new("no recipe", "train nowhere.yaml", MissingInput, "nowhere.yaml: ", "`attune init` writes one"),
        new("a folder as a recipe", "train model", MissingInput, "model: is a folder", "give a YAML file"),
        new("an empty recipe", Train, Usage, "r.yaml:1:1: is empty", "begin with model:, data: and method:") { Given = f => f.Write("r.yaml", "") },
        new("a list as a recipe", Train, Usage, "r.yaml:1:1: ", "begin with model:, data: and method:") { Given = f => f.Write("r.yaml", "- a\n- b\n") },
        new("bytes as a recipe", Train, Usage, "r.yaml: is not UTF-8 text (byte 0)", "save it as UTF-8") { Given = f => f.Write("r.yaml", [0xFF, 0xFE, 0, 1]) },
        new("a recipe of a megabyte", Train, Usage, "r.yaml: is larger than 256 KB", "is this the right file?") { Given = f => f.Write("r.yaml", string.Concat(Enumerable.Repeat("# x\n", 250_000))) },
        new("bad YAML", Train, Usage, "r.yaml:4:10: ", "put text with colons, brackets or braces in quotes") { Given = f => f.Recipe("train: rows.jsonl", "train: [rows.jsonl") },
        new("an anchor", Train, Usage, "r.yaml:4:10: anchors", "write the value out") { Given = f => f.Recipe("train: rows", "train: &a rows") },
        new("an alias bomb", Train, Usage, "r.yaml:1:4: anchors (&) and aliases", "write the value out") { Given = f => f.Write("r.yaml", "a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n") },
        new("a tag", Train, Usage, "r.yaml:4:10: tags", "leave it out") { Given = f => f.Recipe("train: rows", "train: !!python/object rows") },
        new("two documents", Train, Usage, "r.yaml:11:1: ", "remove the line ---") { Given = f => f.Recipe("output:", "---\noutput:") },
        new("a key given twice", Train, Usage, "r.yaml:9:3: the key batch_size is given twice (first on line 8)", "keep one of them") { Given = f => f.Recipe("batch_size: 2", "batch_size: 2\n  batch_size: 3") },

        // The recipe's values.
        new("an unknown key", Train, Usage, "r.yaml:8:3: train has no key batch_sise", "did you mean batch_size?") { Given = f => f.Recipe("batch_size", "batch_sise") },
        new("an unknown section", Train, Usage, "r.yaml:10:1: ", "did you mean evaluate?") { Given = f => f.Recipe("evaluate:", "evalute:") },
        new("an unknown method", Train, Usage, "r.yaml:5:9: method", "did you mean lora?") { Given = f => f.Recipe("lora", "lorra") },
        new("an unknown option of a method", Train, Usage, "r.yaml:5:19: method.lora has no key rnak", "did you mean rank?") { Given = f => f.Recipe("lora", "{ lora: { rnak: 4 } }") },
        new("an unknown task", Train, Usage, "r.yaml:2:7: task", "did you mean chat?") { Given = f => f.Recipe("task: chat", "task: chatt") },
        new("an unknown schedule", Train, Usage, "r.yaml:7:14: train.scheduler", "did you mean cosine?") { Given = f => f.Recipe("max_steps: 2", "scheduler: cosin") },
        new("an unknown optimizer", Train, Usage, "r.yaml:7:14: train.optimizer", "did you mean adam?") { Given = f => f.Recipe("max_steps: 2", "optimizer: adamv") },
        new("an unknown metric", Train, Usage, "r.yaml:10:35: evaluate.metrics", "did you mean perplexity?") { Given = f => f.Recipe("samples: 0", "samples: 0, metrics: [perplexty]") },
        new("a learning rate below 0", Train, Usage, "r.yaml:7:18: train.learning_rate", "must be at least 0 (got -0.1)") { Given = f => f.Recipe("max_steps: 2", "learning_rate: -0.1") },
        new("a learning rate that is no number", Train, Usage, "r.yaml:7:18: train.learning_rate", "must be a number at least 0 (got .nan)") { Given = f => f.Recipe("max_steps: 2", "learning_rate: .nan") },
        new("a rank of 0", Train, Usage, "r.yaml:5:25: method.lora.rank", "must be a whole number at least 1") { Given = f => f.Recipe("lora", "{ lora: { rank: 0 } }") },
        new("several mistakes at once", Train, Usage, "r.yaml:7:14: train.max_steps", "r.yaml:8:3: train has no key wrong; known are") { Given = f => f.Recipe("max_steps: 2\n  batch_size: 2", "max_steps: 0\n  wrong: 1") },
        new("two keys that exclude each other", Train, Usage, "r.yaml:8:17: train.warmup_ratio", "must be left out where train.warmup_steps is given") { Given = f => f.Recipe("max_steps: 2", "warmup_steps: 2\n  warmup_ratio: 0.5") },
        new("a recipe without a model", Train, Usage, "r.yaml:1:8: model.source", "model.config, for a new model") { Given = f => f.Recipe("{ source: model }", "{ }") },
        new("a new model without a tokenizer", Train, Usage, "r.yaml:1:", "`attune tokenizer` makes") { Given = f => f.Recipe("source: model", "config: { model_type: llama }") },
        new("no method", Train, Usage, "r.yaml:1:1: ", "method is missing") { Given = f => f.Recipe("method: lora", "") },
        new("arguments that the schedule has not", Train, Usage, "r.yaml:8:19: train.scheduler_args", "known are num_cycles") { Given = f => f.Recipe("max_steps: 2", "scheduler: cosine_with_restarts\n  scheduler_args: { num_cycle: 3 }") },
        new("targets that match nothing", Train, Usage, "r.yaml:5:28: method.lora.targets", "it has embed_tokens, q_proj") { Given = f => f.Recipe("lora", "{ lora: { targets: [q_prj] } }") },
        new("targets that are no expression", Train, Usage, "r.yaml:5:28: method.lora.targets", "is no regular expression") { Given = f => f.Recipe("lora", "{ lora: { targets: '(((' } }") },
        new("rows longer than the model's places", Train, Usage, "r.yaml:9:15: train.max_tokens", "must be at most 64") { Given = f => f.Recipe("max_tokens: 32", "max_tokens: 100") },
        new("early stopping without validation rows", Train, Usage, "r.yaml:11:19: stop.patience", "give data.validation, or data.split.validation") { Given = f => f.Recipe("output:", "stop: { patience: 2 }\noutput:") },
        new("shares beyond all rows", Train, Usage, "r.yaml:5:24: data.split.validation", "together below 1") { Given = f => f.Recipe("train: rows.jsonl", "train: rows.jsonl\n  split: { validation: 0.9, test: 0.9 }") },

        // The rows.
        new("no rows' file", Train, MissingInput, "row.jsonl: ", "did you mean \"rows.jsonl\"?") { Given = f => f.Recipe("rows.jsonl", "row.jsonl") },
        new("a pattern that matches nothing", Train, MissingInput, "data/*.jsonl: ", "give a file, a pattern such as data/*.jsonl, or a folder") { Given = f => f.Recipe("rows.jsonl", "data/*.jsonl") },
        new("a folder without rows", Train, MissingInput, "data: the folder holds no data file", "data files end in .jsonl") { Given = f => { f.Make("data"); f.Recipe("rows.jsonl", "data"); } },
        new("an empty file of rows", Train, BadData, "rows.jsonl: there is no row", "is this the right file?") { Given = f => f.Write("rows.jsonl", "") },
        new("a file of blank lines", Train, BadData, "rows.jsonl: there is no row", "is this the right file?") { Given = f => f.Write("rows.jsonl", "\n\n \n") },
        new("rows of an unknown format", Train, Usage, "rows.xyz: files that end in \".xyz\" are not read", "data files end in .jsonl") { Given = f => { f.Write("rows.xyz", "a"); f.Recipe("rows.jsonl", "rows.xyz"); } },
        new("bad rows", Train, BadData, "rows.jsonl:3: not JSON", "(--skip-bad 2)") { Given = f => f.Write("rows.jsonl", Rows(5, (3, "{\"messages\":["), (5, """{"messages":[{"role":"usr","content":"a"}]}"""))) },
        new("more bad rows than may be skipped", Train + " --skip-bad 1", BadData, "rows.jsonl:5: messages[0]: unknown role \"usr\" (did you mean \"user\"?)", "2 bad rows (1 allowed)") { Given = f => f.Write("rows.jsonl", Rows(5, (3, "{"), (5, """{"messages":[{"role":"usr","content":"a"}]}"""))) },
        new("rows that are not UTF-8", Train, BadData, "rows.jsonl: the file is UTF-16",
            "save it as UTF-8") { Given = f => f.Write("rows.jsonl", [0xFF, 0xFE, (byte)'\n']) },
        new("columns of no known form", Train, BadData, "rows.jsonl:1: the columns (question, answer)", "map the columns") { Given = f => f.Write("rows.jsonl", """{"question":"a","answer":"b"}""") },
        new("a mapped column that is missing", Train, Usage, "rows.jsonl:1: there is no column \"qestion\"", "did you mean \"question\"?") { Given = f => { f.Write("rows.jsonl", """{"question":"a","answer":"b"}"""); f.Recipe("train: rows.jsonl", "train: rows.jsonl\n  map: { user: \"{qestion}\", assistant: \"{answer}\" }"); } },
        new("an unknown role in a mapping", Train, Usage, "r.yaml:5:8: data.map", "did you mean \"user\"?") { Given = f => f.Recipe("train: rows.jsonl", "train: rows.jsonl\n  map: { usr: \"{q}\", assistant: \"{a}\" }") },
        new("a split column that is missing", Train, Usage, "rows.jsonl:1: there is no column \"part\"", "the columns are messages") { Given = f => f.Recipe("train: rows.jsonl", "train: rows.jsonl\n  split: { column: part }") },
        new("no token to train", Train, BadData, "rows.jsonl:1: ", "the last message must be the assistant's") { Given = f => f.Write("rows.jsonl", """{"messages":[{"role":"user","content":"sleep"}]}""") },
        new("rows that are all too long", Train + " --set train.max_tokens=4", BadData, "rows.jsonl: all 12 train rows are too long", "raise max_tokens above"),
        new("a quote that is not closed", Train, BadData, "rows.csv:2: a quote that is not closed",
            "the only row is bad") { Given = f => { f.Write("rows.csv", "question,answer\n\"a,b\nc,d\n"); f.Recipe("rows.jsonl", "rows.csv"); } },
        new("a Parquet file that was cut off", Train, BadData, "rows.parquet (byte 4)", FetchAgain) { Given = f => { f.Write("rows.parquet", "PAR1\0\0\0\0PAR1"); f.Recipe("rows.jsonl", "rows.parquet"); } },
        new("no such row to view", "data view r.yaml --row 99", Usage, "rows.jsonl: there is no row 99", "the files have 12 rows"),
        new("rows to view without a model", "data view rows.jsonl", Usage, "rows.jsonl: ", "add --model MODEL"),

        // The model's folder.
        new("no model", "generate ./nowhere hi", MissingInput, "./nowhere: ", "give a folder, a .gguf file, builtin:tiny, or a hub id"),
        new("an empty folder as a model", "generate empty hi", MissingInput, "empty/config.json: ", "check the path") { Given = f => f.Make("empty") },
        new("a model that is not built in", "generate builtin:small hi", MissingInput, "builtin:small: ", "known are builtin:tiny"),
        new("a pickled file as a model", "generate pytorch_model.bin hi", MissingInput, "pytorch_model.bin: is a pickle", "convert it") { Given = f => f.Write("pytorch_model.bin", "x") },
        new("only pickled weights", Generate, MissingInput, "model/pytorch_model.bin: is the only form of the weights here", "convert it") { Given = f => { f.Remove(Weights); f.Write("model/pytorch_model.bin", "x"); } },
        new("no weights", Generate, MissingInput, "model: has neither model.safetensors nor", "fetch the model again") { Given = f => f.Remove(Weights) },
        new("no tokenizer", Generate, MissingInput, "model: there is no tokenizer", "a tokenizer.json is expected") { Given = f => f.Remove("model/tokenizer.json") },
        new("a hub that may not be asked", "generate HuggingFaceTB/SmolLM2-135M hi", MissingInput, "HuggingFaceTB/SmolLM2-135M: ", "unset HF_HUB_OFFLINE once"),

        // config.json.
        new("an unknown model_type", Generate, BadData, "config.json: model_type is \"lama\"", "did you mean \"llama\"?") { Given = f => f.Json(Config, ("model_type", "\"lama\"")) },
        new("no model_type", Generate, BadData, "config.json: model_type", "is missing") { Given = f => f.Json(Config, ("model_type", null)) },
        new("a size below 1", Generate, BadData, "config.json: hidden_size", "must be from 1 to") { Given = f => f.Json(Config, ("hidden_size", "-4")) },
        new("a size beyond reason", Generate, BadData, "config.json: vocab_size", "must be from 1 to") { Given = f => f.Json(Config, ("vocab_size", "2147483647")) },
        new("ten million layers", Generate, BadData, "config.json: num_hidden_layers", "must be from 1 to 4096") { Given = f => f.Json(Config, ("num_hidden_layers", "10000000")) },
        new("an unknown rope type", Generate, BadData, "config.json: unknown rope_type \"spiral\"", Known) { Given = f => f.Json(Config, ("rope_parameters", """{"rope_type":"spiral"}""")) },
        new("a config.json that was cut off", Generate, BadData, "config.json (byte 100): is not JSON (line 6, column", FetchAgain) { Given = f => f.Cut(Config, 100) },
        new("a config.json without end", Generate, BadData, "config.json (byte 320)", FetchAgain) { Given = f => f.Write(Config, string.Concat(Enumerable.Repeat("{\"a\":", 5000))) },
        new("a key of config.json twice", Generate, BadData, "config.json (byte 42)", "model_type") { Given = f => f.Write(Config, """{"model_type":"llama","model_type":"gpt2"}""") },
        new("a tokenizer of more tokens than the model", Train, BadData, "rows.jsonl:1: token ", "but the model knows 10 tokens") { Given = f => f.Json(Config, ("vocab_size", "10")) },

        // safetensors and the index.
        new("an empty safetensors file", Generate, BadData, "model.safetensors (byte 0): ", FetchAgain) { Given = f => f.Write(Weights, "") },
        new("a safetensors file that was cut off", Generate, BadData, "model.safetensors (byte 2917): ", FetchAgain) { Given = f => f.Cut(Weights, 75188) },
        new("a header longer than its file", Generate, BadData, "model.safetensors (byte 0): ", FetchAgain) { Given = f => f.Write(Weights, [0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, (byte)'{', (byte)'}']) },
        new("a web page as weights", Generate, BadData, "model.safetensors (byte 0): ", "this is a web page") { Given = f => f.Write(Weights, "<html><body>not found</body></html>") },
        new("a Git LFS pointer as weights", Generate, BadData, "model.safetensors (byte 0): ", "git lfs pull") { Given = f => f.Write(Weights, "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n") },
        new("bytes beyond the last tensor", Generate, BadData, "model.safetensors (byte 75288): 3 bytes follow", FetchAgain) { Given = f => f.Write(Weights, [.. File.ReadAllBytes(Path.Combine(f.Path, Weights)), 1, 2, 3]) },
        new("a shape that its bytes do not fill", Generate, BadData, "tensor \"model.norm.weight\" has 96 bytes", FetchAgain) { Given = f => f.Header(header => header["model.norm.weight"]!["shape"] = new JsonArray(99)) },
        new("an unknown element type", Generate, BadData, "has the unknown dtype \"X9\"", FetchAgain) { Given = f => f.Header(header => header["model.norm.weight"]!["dtype"] = "X9") },
        new("a tensor beyond the file", Generate, BadData, "tensor \"model.norm.weight\" lies at", FetchAgain) { Given = f => f.Header(header => header["model.norm.weight"]!["data_offsets"] = new JsonArray(0L, 1L << 60)) },
        new("a tensor of another model", Generate, BadData, "model.safetensors: 1 tensor is missing: model.norm.weight", "is this another model's file?") { Given = f => f.Header(Rename) },
        new("an index that names a file elsewhere", Generate, BadData, "index.json (byte 19): ", FetchAgain) { Given = f => f.Index("""{"weight_map":{"a":"../../etc/passwd"}}""") },
        new("an index that was cut off", Generate, BadData, "index.json (byte 15): is not JSON", FetchAgain) { Given = f => f.Index("""{"weight_map":{""") },
        new("an index without a map", Generate, BadData, Shards + ": ", "weight_map is missing or empty") { Given = f => f.Index("{}") },
        new("a shard that is missing", Generate, MissingInput, "model-1.safetensors: ", "fetched with the whole model") { Given = f => f.Index("""{"weight_map":{"a":"model-1.safetensors"}}""") },

        // The tokenizer and the chat template.
        new("a tokenizer.json that was cut off", Generate, BadData, "tokenizer.json: is not JSON (line 27, column", FetchAgain) { Given = f => f.Cut("model/tokenizer.json", 500) },
        new("an unknown tokenizer model", Generate, BadData, "tokenizer.json: model", "unknown model \"BPEE\"") { Given = f => f.Write("model/tokenizer.json", """{"model":{"type":"BPEE","vocab":{},"merges":[]}}""") },
        new("a tag that is not closed", Generate, BadData, "chat_template.jinja:1: ", "'endfor' or 'else' is missing") { Given = f => f.Write(Template, "{% for m in messages %}{{ m.content }}") },
        new("an unknown tag", Generate, BadData, "chat_template.jinja:2: unknown tag 'endfr'", "mend the template") { Given = f => f.Write(Template, "{% for m in messages %}\n{% endfr %}") },
        new("a template that never ends", Generate, BadData, "chat_template.jinja:1: the template takes more than", "mend the template") { Given = f => f.Write(Template, "{% for i in range(99999) %}{% for j in range(99999) %}x{% endfor %}{% endfor %}") },
        new("a template that reads files", Generate, BadData, "chat_template.jinja:1: ", "may not read other files") { Given = f => f.Write(Template, "{% import 'os' as os %}{{ os }}") },
        new("a template that reaches for the system", Generate, BadData, "chat_template.jinja:1: ", "does not give access to '__class__'") { Given = f => f.Write(Template, "{{ ''.__class__.__mro__ }}") },
        new("a template that calls itself for ever", Generate, BadData, "chat_template.jinja:1: ", "mend the template") { Given = f => f.Write(Template, "{% macro f(n) %}{{ f(n + 1) }}{% endmacro %}{{ f(0) }}") },
        new("a conversation that the template refuses", Generate, BadData, "chat_template.jinja:1: only in French", "change its messages") { Given = f => f.Write(Template, "{{ raise_exception('only in French') }}") },
        new("a setting for drawing that is impossible where tokens are drawn", Generate + " --temperature 0.5", BadData, "generation_config.json: top_k must be at least 0 (got -1)", "mend the file")
            { Given = f => f.Write("model/generation_config.json", """{"temperature": 0, "top_k": -1}""") },
        new("no template to chat with", "chat model", BadData, "model: the model has no chat template", "use a chat model") { Given = f => f.Remove(Template) },
        new("no template to train with", Train, BadData, "model: the model has no chat template", "`task: text` on plain text") { Given = f => f.Remove(Template) },

        // GGUF.
        new("no GGUF file", "generate x.gguf hi", MissingInput, "x.gguf: ", "give a folder, a .gguf file"),
        new("an empty GGUF file", "generate x.gguf hi", BadData, "x.gguf (byte 0): ", FetchAgain) { Given = f => f.Write("x.gguf", "") },
        new("another format under GGUF's name", "generate x.gguf hi", BadData, "x.gguf (byte 0): is no GGUF file", FetchAgain) { Given = f => f.Write("x.gguf", "PK\u0003\u0004 and so on") },
        new("a GGUF version of the future", "generate x.gguf hi", BadData, "x.gguf (byte 4): ", "2 and 3 can be read") { Given = f => f.Write("x.gguf", Gguf(99, 0, 0)) },
        new("a GGUF file that declares more than it holds", "generate x.gguf hi", BadData, "x.gguf (byte 16): ", FetchAgain) { Given = f => f.Write("x.gguf", Gguf(3, 1UL << 60, 1UL << 60)) },
        new("a GGUF file that does not say what it is", "generate x.gguf hi", BadData, "x.gguf: ", "general.architecture is missing") { Given = f => f.Write("x.gguf", Gguf(3, 0, 0)) },

        // Adapters.
        new("no adapter", Adapted, MissingInput, AdapterConfig + ": ", "an adapter's folder holds adapter_config.json"),
        new("an adapter without weights", Adapted, MissingInput, "ad: has neither adapter_model.safetensors", "give a folder with the weights") { Given = f => { f.Adapter(); f.Remove("ad/adapter_model.safetensors"); } },
        new("a pickled adapter", Adapted, MissingInput, "ad/adapter_model.bin: ", "convert it") { Given = f => { f.Adapter(); f.Remove("ad/adapter_model.safetensors"); f.Write("ad/adapter_model.bin", "x"); } },
        new("an adapter of rank 0", Adapted, BadData, AdapterConfig + ": r", "must be from 1 to 65536") { Given = f => { f.Adapter(); f.Json(AdapterConfig, ("r", "0")); } },
        new("an adapter of another rank than its weights", Adapted, BadData, "adapter_model.safetensors: ", "the adapter was made for another model") { Given = f => { f.Adapter(); f.Json(AdapterConfig, ("r", "3")); } },
        new("an adapter whose scale is no number", Adapted, BadData, AdapterConfig + ": lora_alpha", "must be a number") { Given = f => { f.Adapter(); f.Json(AdapterConfig, ("lora_alpha", "\"NaN\"")); } },
        new("an unknown kind of adapter", Adapted, BadData, AdapterConfig + ": peft_type is \"LORRA\"", "known are LORA") { Given = f => { f.Adapter(); f.Json(AdapterConfig, ("peft_type", "\"LORRA\"")); } },
        new("an adapter_config.json that was cut off", Adapted, BadData, AdapterConfig + " (byte 60): is not JSON", FetchAgain) { Given = f => { f.Adapter(); f.Cut(AdapterConfig, 60); } },
        new("an adapter that names no base", "generate ad sleep", Usage, "ad: the adapter does not say which model", "name the base model") { Given = f => { f.Adapter(); f.Json(AdapterConfig, ("base_model_name_or_path", null)); } },
        new("an adapter whose base is gone", "merge ad out", MissingInput, "./gone: ", "give a folder, a .gguf file") { Given = f => { f.Adapter(); f.Json(AdapterConfig, ("base_model_name_or_path", "\"./gone\"")); } },

        // What is asked of a model.
        new("an empty prompt", "generate model", Usage, "the prompt is empty", "give it as an argument or on the input stream"),
        new("a share beyond 1", Generate + " --top-p 3", Usage, "top_p", "must be from 0 to 1"),
        new("a reply of no token", Generate + " --max-new-tokens 0", Usage, "max_new_tokens", "must be at least 1"),
        new("nothing to compare with", "chat model --compare", Usage, "model: there is nothing to compare", "give a run folder, or --adapter"),
        new("nothing to measure on", "evaluate model", Usage, "model: nothing to measure on", "add --data FILE"),
        new("no rows to measure on", "evaluate model --data gone.jsonl", MissingInput, "gone.jsonl: ", "did you mean \"rows.jsonl\"?"),
        new("n-grams without a run to learn from", "evaluate model --data rows.jsonl --baselines", Usage, "--baselines needs a run", "give a run's folder"),
        new("no general text", "evaluate model --general gone.txt", MissingInput, "gone.txt: ", "builtin:general or a text file"),
        new("rows of less than two tokens", "evaluate model --data rows.jsonl --max-tokens -3", Usage, "--max-tokens", "must be at least 2"),
        new("no row at all", "evaluate model --data rows.jsonl --max-rows 0", Usage, "--max-rows", "must be at least 1"),
        new("no fixtures' folder", "verify nowhere", MissingInput, "nowhere: ", "tests/fixtures"),
        new("a folder without fixtures", "verify model", ChecksFailed, "model: there is no fixture", "a fixture is a folder kind/name"),

        // What is there already, and where nothing can be written.
        new("a recipe that is there already", "init r.yaml", Usage, "r.yaml: is there already", "--force"),
        new("a folder for a recipe that is not there", "init no/such/r.yaml", Disk, "no/such/r.yaml: cannot be written", "choose another folder"),
        new("a model folder that a merge would overwrite", "merge ad model --model model", Usage, "model: is there already", "choose a folder that is new or empty") { Given = f => f.Adapter() },
        new("a model without an adapter to merge", "merge model out", Usage, "model: has no adapter to fold in", "the model is whole as it is"),
        new("a file that an export would overwrite", "export model rows.jsonl", Usage, "rows.jsonl: is there already", "choose a folder that is new or empty"),
        new("a type that is not written", "export model out.gguf --type q3_k", Usage, "--type q3_k", "known are bf16, f16, f32, q8_0"),
        new("a folder for an export that is not there", "export builtin:tiny no/such/out.gguf", Disk, "no/such/out.gguf: cannot be written", "choose another folder"),
        new("a model that a tokenizer would overwrite", "tokenizer model --data rows.jsonl", Usage, "model: is there already", "choose a folder that is new or empty"),
        new("a vocabulary that is too small", "tokenizer out --data rows.jsonl --size 3", Usage, "a byte-level vocabulary needs 256 tokens", "raise its size"),
        new("a file as a run folder", Train + " --set output=rows.jsonl", Disk, "rows.jsonl: the run folder cannot be made", "choose another output folder"),
        new("a run folder that cannot be made", Train + " --set output=/dev/null/x", Disk, "/dev/null/x: the run folder cannot be made", "choose another output folder"),
        new("a run folder with something else in it", Train + " --set output=model", Usage, "model: is not empty", "choose an output folder that is new or empty"),
        new("a run folder with a run in it", Train, Usage, "runs/x: a run lies in this folder already", "`attune resume runs/x`") { Given = f => f.Run() },

        // Memory.
        new("a plan for a model that does not fit", "plan r.yaml", MemoryTooSmall, "the weights alone need", "take a smaller model") { Given = f => f.Recipe("{ source: model }", Giant) },
        new("a run for a model that does not fit", Train, MemoryTooSmall, "the weights alone need", "take a smaller model") { Given = f => f.Recipe("{ source: model }", Giant) },
        new("too little memory for a run", Train, MemoryTooSmall, "the run needs about", "lower train.micro_batch_tokens") { Environment = ("DOTNET_GCHeapHardLimit", "0x8000000") },

        // A loss that is no number.
        new("weights that are no numbers", Train, BadData, "step 0: the loss is NaN", "nothing was updated") { Given = f => f.Write(Weights, [.. File.ReadAllBytes(Path.Combine(f.Path, Weights)).AsSpan(..^4), 0, 0, 0xC0, 0x7F]), Begins = "runs" },

        // Runs.
        new("no run", "resume nowhere", MissingInput, "nowhere: no run lies in this folder", "`attune train RECIPE`"),
        new("a file as a run", "resume rows.jsonl", MissingInput, "rows.jsonl: no run lies in this folder", "give the output folder of `attune train`"),
        new("a run that somebody works on", Resume, TryAgain, "runs/x: this run folder is in use by process", "wait until that has ended") { Given = f => { f.Run(); f.Hold(RunLock.Take(Path.Combine(f.Path, "runs/x"))); } },
        new("a resume under another plan", Resume, Usage, "plan.json: the run was begun under another plan: train.max_steps was 2 and is 5", "put back what changed") { Given = f => { f.Run(); f.Replace("runs/x/recipe.yaml", "max_steps: 2", "max_steps: 5"); } },
        new("a resume with other rows", Resume, Usage, "plan.json: the run was begun under another plan: train_rows was", "put back what changed") { Given = f => { f.Run(); f.Replace("runs/x/recipe.yaml", f.RowsOfRun, Path.Combine(f.Path, "rows.jsonl")); f.Write("rows.jsonl", Rows(3)); } },
        new("a resume without its rows", Resume, MissingInput, "rows.jsonlx: there is no such file", "give a file, a pattern") { Given = f => { f.Run(); f.Replace("runs/x/recipe.yaml", f.RowsOfRun, f.RowsOfRun + "x"); } },
        new("a plan that was cut off", Resume, BadData, "plan.json (byte ", FetchAgain) { Given = f => { f.Run(); f.Cut("runs/x/plan.json", 20); } },
        new("a plan that is none", Resume, BadData, "plan.json (byte 0): is no plan", FetchAgain) { Given = f => { f.Run(); f.Write("runs/x/plan.json", "[]"); } },
        new("a recipe of a run that is broken", Resume, Usage, "recipe.yaml:2:1: is not YAML", "expected node content") { Given = f => { f.Run(); f.Write("runs/x/recipe.yaml", "{\n"); } },
        new("checkpoints that are all damaged", Resume, BadData, "checkpoints: no checkpoint is intact", "begin anew in another output folder") { Given = f => { f.Run(); f.Remove("runs/x/report.json"); f.Cut("runs/x/checkpoints/step-000002/optimizer.safetensors", 1000); } },
        new("a run that is not finished", "chat runs/x", MissingInput, "runs/x: the run is not finished", "`attune resume runs/x`") { Given = f => { f.Run(); f.Remove("runs/x/adapter"); } },
        new("a run that held no rows out", "evaluate runs/x", BadData, "runs/x: the recipe held out no rows", "give rows with --data") { Given = f => f.Run() },
    ];

    private static string Rows(int count, params (int Line, string Text)[] others) => string.Concat(Enumerable.Range(1, count)
        .Select(line => (others.FirstOrDefault(other => other.Line == line).Text ?? """{"messages":[{"role":"user","content":"sleep"},{"role":"assistant","content":"walk"}]}""") + "\n"));

    private static void Rename(JsonObject header)
    {
        var tensor = header["model.norm.weight"]!.DeepClone();
        header.Remove("model.norm.weight");
        header["x"] = tensor;
    }

    private static byte[] Gguf(uint version, ulong tensors, ulong entries)
    {
        byte[] file = [.. "GGUF"u8, .. new byte[20]];
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(4), version);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(8), tensors);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(16), entries);
        return file;
    }
}
