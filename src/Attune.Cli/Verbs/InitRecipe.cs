using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Attune.Data;
using Attune.Tasks;

namespace Attune.Cli.Verbs;

/// <summary>The commented recipe that <c>attune init</c> writes.</summary>
internal sealed record InitRecipe
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Where it is written; <c>-</c>: the output stream.</summary>
    public required string Path { get; init; }

    /// <summary>The model.</summary>
    public required string Model { get; init; }

    /// <summary>How many tokens the tokenizer has, where a new encoder is to begin with it; null: the model is there already.</summary>
    public int? NewEncoder { get; init; }

    /// <summary>The rows.</summary>
    public required string Data { get; init; }

    /// <summary>The task.</summary>
    public required string Task { get; init; }

    /// <summary>The tuning method; null: what suits the model.</summary>
    public required string? Method { get; init; }

    /// <summary>What was found in the rows; null: they are not there yet.</summary>
    public DataSurvey? Survey { get; init; }

    /// <summary>Settings for what was found.</summary>
    public SurveyAdvice? Advice { get; init; }

    /// <summary>What a user should mind.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>What was found and decided, a sentence each, for the terminal and the recipe's head.</summary>
    public IEnumerable<string> Reasons => Survey is null || Advice is null ? [] :
    [
        $"task {Task}: {Survey.Guess.Why}",
        .. Survey.Labels.Count > 0 ? [$"{Words.Count(Survey.Labels.Count, "label")}: {LabelCounts}"] : Array.Empty<string>(),
        $"epochs {Advice.Epochs}, batch_size {Advice.BatchSize}: {Advice.WhyEpochs}",
        $"split: {Advice.WhySplit}",
        $"max_tokens {Advice.MaxTokens}: {Advice.WhyTokens}",
        .. Warnings,
    ];

    private string LabelCounts => string.Join(", ",
        Survey!.Labels.OrderByDescending(label => label.Value).Take(10).Select(label => $"{Excerpt.Of(label.Key)} ({label.Value})"))
        + (Survey.Labels.Count > 10 ? ", …" : "");

    private string MethodName => Method ?? (NewEncoder is null ? "lora" : "full");

    /// <summary>The YAML.</summary>
    public override string ToString()
    {
        string name = Path == "-" ? "my-run" : System.IO.Path.GetFileNameWithoutExtension(Path);
        string options = MethodName switch
        {
            "lora" => """
                  lora:
                    rank: 16                       # more: more room to learn, more memory
                    alpha: 32                      # how strongly what is learned acts: alpha / rank
                    dropout: 0.05
                    targets: all-linear            # or names of layers: [q_proj, v_proj]
                """,
            var other => $"  {Text(other)}: {{}}",
        };
        bool isLabelled = Task == TextClassification.Name;
        string forgetting = isLabelled ? "" : "\n  forgetting: builtin:general          # what the model unlearns of general English";
        string rate = MethodName == "full" ? "2e-5" : "2e-4";
        rate = NewEncoder is not null ? "1e-3" : rate;
        string stop = Advice?.HasValidation == false ? "" : """

            stop:
              patience: 3                          # measurements without a better one before training stops early

            """;
        string found = string.Concat(Reasons.Select(reason => $"# {reason}\n"));
        return string.Create(CultureInfo.InvariantCulture, $$"""
            # attune train {{(Path == "-" ? InitVerb.DefaultFile : Path)}}
            #
            # `attune plan` shows what this comes to, `attune data view` how the model sees a row; `attune init --schema` lists every key.
            {{(found.Length > 0 ? $"#\n# From a look at the rows:\n{found}" : "")}}
            model:
            {{Source()}}
              precision: auto                      # bf16 where the processor has it, else float32

            task: {{Text(Task)}}    # chat: replies in conversations; text: plain language modelling; text-classification: a label for each text

            data:
              train: {{Text(Data)}}    # JSONL, CSV, TSV, Parquet or text; messages, ShareGPT, Alpaca, prompt/completion are told apart; to classify: text and label
            {{Rows(isLabelled)}}

            method:
            {{options}}

            train:
              epochs: {{Advice?.Epochs ?? 3}}
              batch_size: {{Advice?.BatchSize ?? 8}}
              max_tokens: {{Advice?.MaxTokens ?? 512}}                      # longer rows are cut
              learning_rate: {{rate}}
              scheduler: cosine
              warmup_ratio: 0.03
              seed: 0
            {{stop}}
            evaluate:{{forgetting}}
              samples: 5

            output: {{Text("runs/" + name)}}

            """);
    }

    private string Source() => NewEncoder is not { } tokens ? $"  source: {Text(Model)}    # a hub id, a folder, a .gguf file, or builtin:tiny" : $$"""
          # builtin:tiny writes text and is no encoder, so a small new one begins here and learns from the rows alone. A pretrained one knows the
          # language already: put `source: google-bert/bert-base-uncased` in the place of config and tokenizer.
          config: { model_type: bert, vocab_size: {{tokens}}, hidden_size: 128, num_hidden_layers: 2, num_attention_heads: 4, intermediate_size: 512, max_position_embeddings: 512 }
          tokenizer: {{Text(Model)}}
        """;

    private string Rows(bool isLabelled)
    {
        if (Survey is null || Advice is null)
        {
            string example = isLabelled ? "{ text: \"{review}\", label: \"{stars}\" }" : "{ user: \"{question}\", assistant: \"{answer}\" }";
            return $"  # map: {example}    # for columns of other names\n  split: {{ validation: 0.1, test: 0.1 }}                   # the same rows each time, also when rows are added";
        }

        var lines = new List<string>();
        if (Survey.Guess.Map.Count > 0)
        {
            lines.Add($"  map: {{ {string.Join(", ", Survey.Guess.Map.Select(column => $"{column.Role}: {JsonSerializer.Serialize(column.Template, Plain)}"))} }}    # {{column}} stands for a column's value");
        }

        if (Survey.TextUnit != TextUnit.Document)
        {
            lines.Add($"  text_unit: {Survey.TextUnit.ToString().ToLowerInvariant()}    # a whole document would be one row, and cut");
        }

        if (Survey.Labels.Count is > 0 and <= 50)
        {
            lines.Add($"  # labels: [{string.Join(", ", Survey.Labels.Keys.Select(label => JsonSerializer.Serialize(label, Plain)))}]    # to refuse rows with another label, and to keep their order");
        }

        if (Survey.Bad.Rows is [var bad, ..])
        {
            lines.Add($"  # skip_bad: {Survey.Bad.Rows.Count}    # mend these rows, or leave them out; the first: {bad}");
        }

        lines.Add((Advice.Validation, Advice.Test) switch
        {
            (0, 0) => $"  # no split: {Advice.WhySplit}",
            (var validation, 0) => string.Create(CultureInfo.InvariantCulture, $"  split: {{ validation: {validation} }}    # {Advice.WhySplit}"),
            (0, var test) => string.Create(CultureInfo.InvariantCulture, $"  split: {{ test: {test} }}    # {Advice.WhySplit}"),
            var (validation, test) => string.Create(CultureInfo.InvariantCulture,
                $"  split: {{ validation: {validation}, test: {test} }}    # {Advice.WhySplit}"),
        });
        return string.Join('\n', lines);
    }

    /// <summary>A text as YAML takes it for nothing else.</summary>
    private static string Text(string text) =>
        text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '_' or '-' or ':')
            && (char.IsAsciiLetter(text[0]) || text[0] is '/') && text[^1] != ':'
            ? text : JsonSerializer.Serialize(text, Plain);
}
