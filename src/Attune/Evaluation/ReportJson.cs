using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Attune.Formats;
using FormatException = Attune.Formats.FormatException;

namespace Attune.Evaluation;

/// <summary>report.json: a <see cref="Report"/> in snake_case.</summary>
internal static class ReportJson
{
    private const int MaxLength = 256 << 20;
    private const long MostTokens = 1L << 32;

    // Letters of every script are written as they are.
    private static readonly ReportContext Context = new(new JsonSerializerOptions(ReportContext.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>The file's bytes.</summary>
    public static byte[] Write(Report report) => JsonSerializer.SerializeToUtf8Bytes(report, Context.Report);

    /// <summary>Reads a file.</summary>
    /// <exception cref="AttuneException">It is absent, broken, or of a newer Attune.</exception>
    public static Report Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new AttuneException(ExitCode.MissingInput, path, "there is no report", "`attune evaluate` makes one");
        }

        return Parse(Utf8Text.ReadFile(path, MaxLength), path);
    }

    /// <summary>Reads a file's bytes.</summary>
    public static Report Parse(byte[] json, string path)
    {
        var root = BoundedJson.Parse(json, path);
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("version", out var version) || version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out int number))
        {
            throw new FormatException(path, -1, "is not a report: it has no \"version\"");
        }

        if (number is < 1 or > Report.CurrentVersion)
        {
            throw new FormatException(path, -1, $"is a report of version {number}; this Attune reads up to {Report.CurrentVersion}", "use a newer Attune");
        }

        RefuseHoles(root, path);
        try
        {
            var report = root.Deserialize(Context.Report) ?? throw new FormatException(path, -1, "is not a report");
            foreach (var rows in new[] { report.Before.HeldOut, report.Before.General, report.After.HeldOut, report.After.General })
            {
                Check(rows, path);
            }

            Check(report.Before.Predictions, path);
            Check(report.After.Predictions, path);

            return report;
        }
        catch (JsonException exception)
        {
            throw new FormatException(path, -1, "is not a report: " + exception.Message, inner: exception);
        }
    }

    // The serializer would let them through.
    private static void RefuseHoles(JsonElement element, string path)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
            {
                if (item.ValueKind == JsonValueKind.Null)
                {
                    throw new FormatException(path, -1, "is not a report: a list holds null");
                }

                RefuseHoles(item, path);
            }
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in element.EnumerateObject())
            {
                RefuseHoles(property.Value, path);
            }
        }
    }

    private static void Check(RowPredictions? rows, string path)
    {
        if (rows is null)
        {
            return;
        }

        int labels = rows.Labels.Count;
        if (labels == 0 || rows.Predicted.Count != rows.Expected.Count || rows.Losses.Count != rows.Expected.Count
            || rows.Expected.Concat(rows.Predicted).Append(rows.Majority).Any(label => label < 0 || label >= labels))
        {
            throw new FormatException(path, -1, "has predictions that do not fit each other, or labels that there are not");
        }
    }

    private static void Check(RowLosses? rows, string path)
    {
        if (rows is not null && (rows.Sums.Count != rows.Counts.Count || rows.Counts.Any(count => count is < 0 or > MostTokens)))
        {
            throw new FormatException(path, -1, $"has {rows.Sums.Count} losses of {rows.Counts.Count} rows, or rows of an impossible number of tokens");
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    RespectNullableAnnotations = true,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(Report))]
internal sealed partial class ReportContext : JsonSerializerContext;
