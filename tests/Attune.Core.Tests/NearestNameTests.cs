namespace Attune;

public class NearestNameTests
{
    [Theory]
    [InlineData("learning_rat", "learning_rate")]
    [InlineData("learningrate", "learning_rate")]
    [InlineData("Learning-Rate", "learning_rate")]
    [InlineData("lerning_rate", "learning_rate")]
    [InlineData("epcohs", "epochs")]
    [InlineData("epoch", "epochs")]
    [InlineData("batchsize", "batch_size")]
    [InlineData("temperature", null)]
    [InlineData("", null)]
    public void The_nearest_valid_name_is_found(string given, string? meant) =>
        Assert.Equal(meant, NearestName.Of(given, ["learning_rate", "epochs", "batch_size", "warmup_ratio"]));
}
