using System.Globalization;
using System.Text.RegularExpressions;
using Attune.Data;

namespace Attune.Models;

/// <summary>
/// Which of a classifier's labels the labels of rows are. That is decided once for a whole set: all of them are names of the classifier's labels, or
/// all of them are the plain numbers of its outputs. A label that fits neither is never guessed at.
/// </summary>
internal sealed partial class LabelMap
{
    private const int Shown = 20;
    private readonly IReadOnlyList<string> names;
    private readonly Dictionary<string, string> spelled;

    private LabelMap(EncoderModel model)
    {
        names = model.Labels;
        spelled = names.GroupBy(LabelSpelling.Of).Where(group => group.Count() == 1).ToDictionary(group => group.Key, group => group.First());
        foreach (string name in names)
        {
            spelled[name] = name;
        }
    }

    /// <summary>Whether the rows give numbers and not names.</summary>
    public bool AreNumbers { get; private init; }

    /// <summary>How labels of rows are read for a classifier; null: it gives no single label, or a label is neither a name nor a number of it.</summary>
    /// <param name="model">The classifier.</param>
    /// <param name="labels">The labels of all rows.</param>
    public static LabelMap? Find(EncoderModel model, IReadOnlyCollection<string> labels)
    {
        if (model.Classifier is null || model.ProblemType != ProblemType.SingleLabel)
        {
            return null;
        }

        var byName = new LabelMap(model);
        var byNumber = new LabelMap(model) { AreNumbers = true };
        return labels.All(byName.Knows) ? byName : byNumber.MayBeNumbers && labels.All(byNumber.Knows) ? byNumber : null;
    }

    /// <summary>The rows with the classifier's own names for their labels.</summary>
    /// <param name="model">The classifier; without weights it will do.</param>
    /// <param name="data">The rows; what has no label stays as it is.</param>
    /// <param name="notices">Told where numbers are taken for labels.</param>
    /// <exception cref="AttuneException">A label is none of the classifier's: the first such row is named.</exception>
    public static EncodedSplits Apply(EncoderModel model, EncodedSplits data, Notices notices)
    {
        EncodedData[] splits = [data.Train, data.Validation, data.Test];
        string[] labels = [.. splits.SelectMany(split => split.Rows).Select(row => row.Label).OfType<string>().Distinct()];
        if (labels.Length == 0)
        {
            return data;
        }

        _ = model.RequireClassifier();
        if (model.ProblemType != ProblemType.SingleLabel)
        {
            string kind = model.ProblemType == ProblemType.Regression ? "gives texts a number each (regression)" : "gives texts several labels each";
            throw new AttuneException(ExitCode.Usage, model.Config.Path, $"the model {kind}, and the rows have one label each",
                "take a classifier that gives one label, or train one on the rows");
        }

        var map = Find(model, labels) ?? throw Misfit(model, labels, splits);
        if (map.AreNumbers)
        {
            string named = string.Join(", ", map.names.Take(Shown).Select((name, id) => $"{id} is {LabelSpelling.Plain(name)}"))
                + (map.names.Count > Shown ? ", …" : "");
            notices.Add("label-numbers", $"the rows' labels are numbers: they are taken for those of the classifier's labels ({named})",
                cure: "where they mean something else, write the labels' names into the rows");
        }

        return data with { Train = data.Train.WithLabels(map.Name), Validation = data.Validation.WithLabels(map.Name), Test = data.Test.WithLabels(map.Name) };
    }

    /// <summary>Labels in a sentence: all of them, or the first and their number.</summary>
    public static string List(IReadOnlyList<string> labels) =>
        string.Join(", ", labels.Take(Shown).Select(LabelSpelling.Plain)) + (labels.Count > Shown ? $", … ({labels.Count} in all)" : "");

    // Names that are numbers, and such as "1 star" for output 0, say that people count these labels otherwise.
    private bool MayBeNumbers => !names.Any(name => int.TryParse(name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
        && (!names.All(name => WholeNumbers().IsMatch(name)) || names.Select(HasItsNumber).All(own => own));

    private static bool HasItsNumber(string name, int id) =>
        WholeNumbers().Matches(name).All(number =>
            int.TryParse(number.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int counted) && counted == id);

    private static AttuneException Misfit(EncoderModel model, string[] labels, EncodedData[] splits)
    {
        var byName = new LabelMap(model);
        var byNumber = new LabelMap(model) { AreNumbers = true };
        var map = byNumber.MayBeNumbers && !labels.Any(byName.Knows) && labels.Any(byNumber.Knows) ? byNumber : byName;
        var (row, place) = splits.SelectMany(split => split.Rows.Zip(split.Places)).First(pair => pair.First.Label is { } label && !map.Knows(label));
        string label = row.Label!;
        string known = map.AreNumbers ? $"other rows give numbers, and it has those from 0 to {byName.names.Count - 1} ({List(byName.names)})"
            : $"its labels are {List(byName.names)}";
        string near = label.Any(char.IsLetter) ? NearestName.Question(label, byName.names) : "";
        return new AttuneException(ExitCode.BadData, place.ToString(), $"the model has no label {LabelSpelling.Show(label)}: {known}{near}",
            "give rows whose labels are all names of the model, or train a classifier for these");
    }

    private bool Knows(string label) => AreNumbers ? Number(label) is not null : spelled.ContainsKey(label);

    private string Name(string label) => AreNumbers ? names[Number(label)!.Value] : spelled[label];

    // Written plainly: +1, 01 and 1.0 are not the number 1 of an output. Rows spell 1.0 as 1 by the time they come here.
    private int? Number(string label) => int.TryParse(label, NumberStyles.None, CultureInfo.InvariantCulture, out int id) && id < names.Count
        && id.ToString(CultureInfo.InvariantCulture) == label ? id : null;

    [GeneratedRegex(@"(?<![\p{L}\p{Nd}])\p{Nd}+(?![\p{L}\p{Nd}])")]
    private static partial Regex WholeNumbers();
}
