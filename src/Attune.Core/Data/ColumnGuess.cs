using System.Globalization;
using System.Text.Json;

namespace Attune.Data;

/// <summary>What a set of rows is for, told by its columns.</summary>
/// <param name="Task">The task's name in a recipe.</param>
/// <param name="Map">The mapping of columns that it needs; empty: the columns are a known form.</param>
/// <param name="Why">What was seen, in one sentence without a full stop.</param>
internal sealed record ColumnGuess(string Task, IReadOnlyList<MappedColumn> Map, string Why)
{
    public const string Chat = "chat", Text = "text", Classification = "text-classification";

    private static readonly (string User, string Assistant)[] Pairs =
    [
        ("question", "answer"), ("question", "response"), ("question", "reply"), ("query", "response"), ("query", "answer"),
            ("instruction", "output"), ("instruction", "response"), ("instruction", "answer"),
        ("instruction", "completion"), ("prompt", "completion"), ("prompt", "response"), ("prompt", "answer"), ("prompt", "output"),
            ("prompt", "chosen"), ("user", "assistant"), ("user", "bot"), ("user", "response"),
        ("human", "assistant"), ("human", "gpt"), ("human", "bot"), ("input", "output"), ("input", "response"), ("input", "target"),
            ("source", "target"), ("article", "summary"),
        ("document", "summary"), ("dialogue", "summary"), ("text", "summary"), ("context", "response"), ("message", "reply"), ("patient", "doctor"),
            ("problem", "solution"),
    ];

    private static readonly string[] Texts =
        ["text", "sentence", "review", "content", "comment", "tweet", "post", "message", "document", "body", "description", "utterance", "query",
            "question", "title", "headline", "phrase", "abstract", "story", "article"];

    private static readonly string[] Labels =
        ["label", "labels", "sentiment", "category", "class", "target", "rating", "ratings", "stars", "star", "topic", "intent", "emotion",
            "polarity", "spam", "toxic", "genre", "score", "y", "tag"];

    private static readonly (string Text, string Pair)[] TextPairs = [("premise", "hypothesis"), ("sentence1", "sentence2"),
        ("question1", "question2"), ("text1", "text2")];

    /// <summary>Looks at rows.</summary>
    /// <param name="rows">The first rows of a file; at least one.</param>
    /// <param name="task">The task that a user wants; null: what fits.</param>
    /// <exception cref="AttuneException">Nothing in the columns suits the task.</exception>
    public static ColumnGuess Of(IReadOnlyList<DataRow> rows, string? task)
    {
        Column[] columns = [.. rows.SelectMany(row => row.Columns).Distinct().Where(name =>
            !name.AsSpan().ContainsAny('{', '}')).Take(200).Select(name => new Column(name, rows))];
        IExampleForm? form = rows.Select(ExampleForms.Detect).FirstOrDefault(found => found is not null);
        ColumnGuess? guess = task switch
        {
            Chat => Talk(form, columns, rows) ?? LabelsAsReplies(columns) ?? TwoTexts(columns),
            Classification => Labelled(columns) ?? LabelByContent(columns),
            Text => PlainText(columns),
            null => Talk(form, columns, rows) ?? Labelled(columns) ?? (form is TextForm ? PlainText(columns) : null) ?? LabelByContent(columns)
                ?? TwoTexts(columns) ?? PlainText(columns),
            _ => null,
        };
        return guess ?? throw new AttuneException(ExitCode.BadData, rows[0].Place.ToString(),
            $"the columns ({string.Join(", ", columns.Take(20).Select(column => Excerpt.Of(column.Name)))}) hold nothing for {task ?? "any task"}",
            task == Classification ? "rows to classify need a text and a label" : "rows need text: messages, a question and an answer, or a text");
    }

    private static ColumnGuess? Talk(IExampleForm? form, Column[] columns, IReadOnlyList<DataRow> rows)
    {
        if (form is not null and not TextForm and not LabelledForm and not LabelFirstForm)
        {
            return new ColumnGuess(Chat, [], $"the columns are those of {form.Name}: {form.Looks}");
        }

        if (columns.FirstOrDefault(column => column.IsMessages) is { } messages)
        {
            return new ColumnGuess(Chat, [new("messages", Of(messages))], $"column \"{messages.Name}\" holds lists of messages");
        }

        foreach (var (user, assistant) in Pairs)
        {
            if (Find(columns, user) is { IsText: true } question && Find(columns, assistant) is { IsText: true } answer && question != answer
                && !(assistant is "output" or "target" or "response" && answer.LooksLikeLabel(rows.Count / 4)))
            {
                return Exchange(columns, question, answer, $"column \"{question.Name}\" asks and \"{answer.Name}\" answers");
            }
        }

        return null;
    }

    private static ColumnGuess Exchange(Column[] columns, Column question, Column answer, string why)
    {
        var map = new List<MappedColumn>();
        if ((Find(columns, "system") ?? Find(columns, "system_prompt")) is { IsText: true } system && system != question && system != answer)
        {
            map.Add(new("system", Of(system)));
        }

        // What a question is about belongs to it; Alpaca's order for an instruction's input.
        Column? context = Find(columns, "context"), input = question.Name.Contains("instruction", StringComparison.OrdinalIgnoreCase)
            ? Find(columns, "input") : null;
        string asked = Of(question);
        asked = input is { IsText: true } && input != answer ? asked + "\n" + Of(input) : asked;
        asked = context is { IsText: true } && context != question && context != answer ? Of(context) + "\n\n" + asked : asked;
        map.Add(new("user", asked));
        map.Add(new("assistant", Of(answer)));
        return new ColumnGuess(Chat, map, why);
    }

    private static ColumnGuess? Labelled(Column[] columns)
    {
        Column? label = Labels.Select(name => Find(columns, name)).FirstOrDefault(column => column?.LooksLikeLabel(column.Filled / 2) == true);
        if (label is null)
        {
            return null;
        }

        foreach (var (first, second) in TextPairs)
        {
            if (Find(columns, first) is { IsText: true } text && Find(columns, second) is { IsText: true } pair)
            {
                return new ColumnGuess(Classification, [new("text", Of(text)), new("text_pair", Of(pair)), new("label", Of(label))],
                    $"column \"{label.Name}\" labels \"{text.Name}\" and \"{pair.Name}\"");
            }
        }

        Column? labelled = Texts.Select(name => Find(columns, name)).FirstOrDefault(column => column is { IsText: true } && column != label)
            ?? Longest(columns.Where(column => column != label));
        return labelled is null ? null : Classify(labelled, label,
            $"column \"{label.Name}\" has {Words.Count(label.Distinct, "value")} for \"{labelled.Name}\"");
    }

    // No name helps: a column of few short values beside a long one.
    private static ColumnGuess? LabelByContent(Column[] columns) => Longest(columns) is { } text
        && columns.Where(column => column != text && column.Filled >= 4
            && column.LooksLikeLabel(column.Filled / 4)).MinBy(column => column.Distinct) is { } label
            ? Classify(text, label, $"column \"{label.Name}\" has only {Words.Count(label.Distinct, "value")}, perhaps labels of \"{text.Name}\": look at it") : null;

    private static ColumnGuess Classify(Column text, Column label, string why) =>
        new(Classification, text.Name == "text" && label.Name == "label" ? [] : [new("text", Of(text)), new("label", Of(label))], why);

    private static ColumnGuess? LabelsAsReplies(Column[] columns)
    {
        if ((Labelled(columns) ?? LabelByContent(columns)) is not { } labelled)
        {
            return null;
        }

        string Of(string role, string known) => labelled.Map.FirstOrDefault(column => column.Role == role)?.Template ?? known;
        string pair = Of("text_pair", "");
        return new ColumnGuess(Chat, [new("user", Of("text", "{text}") + (pair.Length > 0 ? "\n\n" + pair : "")),
            new("assistant", Of("label", "{label}"))],
            "the replies are the labels of the texts");
    }

    private static ColumnGuess? TwoTexts(Column[] columns) =>
        columns.Where(column => column is { IsText: true, Distinct: > 1 } && column.Average > 8).ToArray() is [var question, var answer]
        ? Exchange(columns, question, answer, $"\"{question.Name}\" and \"{answer.Name}\" hold text, perhaps question and answer: look at it") : null;

    private static ColumnGuess? PlainText(Column[] columns)
    {
        if (columns.FirstOrDefault(column => column is { Name: "text", IsText: true }) is not null)
        {
            return new ColumnGuess(Text, [], "column \"text\" holds texts");
        }

        return Longest(columns) is { } longest ? new ColumnGuess(Text, [new("text", Of(longest))],
            $"column \"{longest.Name}\" holds the longest texts") : null;
    }

    private static Column? Longest(IEnumerable<Column> columns) => columns.Where(column => column.IsText).MaxBy(column => column.Average);

    private static Column? Find(Column[] columns, string name) => columns.FirstOrDefault(column => column.Plain == name)
        ?? columns.FirstOrDefault(column => column.Parts.Contains(name)
            && !column.Parts.Any(part => part is "id" or "ids" or "date" or "url" or "count" or "length"));

    private static string Of(Column column) => "{" + column.Name + "}";

    /// <summary>A column and what its values are like.</summary>
    private sealed class Column
    {
        private readonly List<string> _values = [];
        private readonly int _others, _fractions;

        public Column(string name, IReadOnlyList<DataRow> rows)
        {
            Name = name;
            Parts = [.. Split(name)];
            Plain = string.Concat(Parts);
            foreach (DataRow row in rows)
            {
                if (!row.TryGet(name, out JsonElement value))
                {
                    continue;
                }

                IsMessages |= value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0 && value[0].ValueKind == JsonValueKind.Object
                    && (value[0].TryGetProperty("role", out _) && value[0].TryGetProperty("content", out _) || value[0].TryGetProperty("from", out _)
                        && value[0].TryGetProperty("value", out _));
                string? text = DataRow.AsText(value)?.Trim();
                _others += text is null ? 1 : 0;
                if (text is { Length: > 0 })
                {
                    _values.Add(text);
                    _fractions += double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
                        && number != Math.Floor(number) ? 1 : 0;
                    IsText |= value.ValueKind == JsonValueKind.String && number == 0 && text.Any(char.IsLetter);
                }
            }

            Distinct = _values.Distinct().Count();
            Average = _values.Count == 0 ? 0 : _values.Average(value => value.Length);
        }

        public string Name { get; }

        /// <summary>The name's words in lower case.</summary>
        public IReadOnlyList<string> Parts { get; }

        /// <summary>The name in lower case, without what is between its words.</summary>
        public string Plain { get; }

        public bool IsText { get; }

        public bool IsMessages { get; }

        public int Filled => _values.Count;

        public int Distinct { get; }

        public double Average { get; }

        /// <summary>Whether the values are few, short, and no fractions.</summary>
        /// <param name="most">How many different ones there may be; two always.</param>
        public bool LooksLikeLabel(int most) => _others == 0 && _values.Count > 0 && _values.TrueForAll(value => value.Length <= 60)
            && Distinct <= Math.Max(2, most)
            && !(_fractions > 0 && Distinct > 20);

        private static IEnumerable<string> Split(string name)
        {
            for (int start = 0; start < name.Length; start++)
            {
                int end = start;
                while (end < name.Length && char.IsLetterOrDigit(name[end])
                    && (end == start || !(char.IsUpper(name[end]) && char.IsLower(name[end - 1]))))
                {
                    end++;
                }

                if (end > start)
                {
                    yield return name[start..end].ToLowerInvariant();
                    start = end - 1;
                }
            }
        }
    }
}
