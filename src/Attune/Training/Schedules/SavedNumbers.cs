namespace Attune.Training.Schedules;

/// <summary>Reads what a schedule saved.</summary>
internal static class SavedNumbers
{
    public static IReadOnlyList<double> List(this IReadOnlyDictionary<string, IReadOnlyList<double>> state, string name) =>
        state.TryGetValue(name, out IReadOnlyList<double>? list) ? list
            : throw new AttuneException(ExitCode.BadData, null, $"the saved schedule has no \"{name}\"", "resume with the schedule that the run began with");

    public static double Number(this IReadOnlyDictionary<string, IReadOnlyList<double>> state, string name) =>
        state.List(name) is [double number] ? number
            : throw new AttuneException(ExitCode.BadData, null, $"the saved schedule's \"{name}\" is not one number");
}
